package box;

import java.util.ArrayList;
import java.util.List;

/**
 * Last in, first out.
 */
public class Stack<T> {
    private final List<T> items = new ArrayList<>();

    public void push(T item) {
        items.add(item);
    }

    public T pop() {
        if (items.isEmpty()) {
            throw new IllegalStateException("nothing is left (pop)");
        }
        try {
            return items.remove(items.size() - 1);
        } finally {
            changed();
        }
    }

    public int count(String name) {
        int found = 0;
        for (T item : items) {
            if (item.toString().equals(name)) {
                found += 1;
            }
        }
        return found;
    }

    private void changed() {
        items.forEach(item -> {
            System.out.println(item);
        });
    }
}
