import { readFile } from "node:fs/promises";

export interface Options {
  limit: number;
  name?: string;
}

// Last in, first out.
export class Stack<T> {
  private items: T[] = [];

  constructor(private readonly options: Options) {}

  push(item: T): void {
    if (this.items.length >= this.options.limit) {
      throw new Error(`more than ${this.options.limit} items`);
    }
    this.items.push(item);
  }

  pop(): T | undefined {
    return this.items.pop();
  }

  find(test: (item: T) => boolean): T | undefined {
    for (const item of this.items) {
      if (test(item)) {
        return item;
      }
    }
    return undefined;
  }
}

export async function read(path: string): Promise<Stack<string>> {
  const stack = new Stack<string>({ limit: 100 });
  const text = await readFile(path, "utf-8");
  text.split("\n").forEach((line) => {
    stack.push(line.replace(/[()]/g, ""));
  });
  return stack;
}
