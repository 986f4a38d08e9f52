using System;
using System.Collections.Generic;

namespace Box
{
    /// <summary>Last in, first out.</summary>
    public class Stack<T>
    {
        private readonly List<T> items = new List<T>();

        public int Count => items.Count;

        public string Name { get; set; }

        public void Push(T item)
        {
            items.Add(item);
        }

        public T Pop()
        {
            if (items.Count == 0)
            {
                throw new InvalidOperationException($"nothing is left in {Name}");
            }
            var last = items[items.Count - 1];
            items.RemoveAt(items.Count - 1);
            return last;
        }

        public void Each(Action<T> action)
        {
            foreach (var item in items)
            {
                action(item);
            }
        }
    }
}
