/** What a feed is made of. */

export interface Item {
  id: string;
  title: string;
  link: string;
  published: Date;
  tags: readonly string[];
}

export interface Feed {
  title: string;
  items: Item[];
}

export type Order = "newest" | "oldest" | "title";

const COMPARE: Record<Order, (one: Item, two: Item) => number> = {
  newest: (one, two) => two.published.getTime() - one.published.getTime(),
  oldest: (one, two) => one.published.getTime() - two.published.getTime(),
  title: (one, two) => one.title.localeCompare(two.title, "en"),
};

/** Returns the items in that order; the feed stays as it is. */
export function sorted(feed: Feed, order: Order): Item[] {
  return [...feed.items].sort(COMPARE[order]);
}

/** Puts feeds together; of items with the same id the newest stays. */
export function merged(title: string, feeds: readonly Feed[]): Feed {
  const byId = new Map<string, Item>();
  for (const item of feeds.flatMap((feed) => feed.items)) {
    const known = byId.get(item.id);
    if (known === undefined || known.published < item.published) {
      byId.set(item.id, item);
    }
  }
  return { title, items: [...byId.values()] };
}

/** Counts the items of each tag, the most frequent first, then by name. */
export function tagCounts(feed: Feed): [string, number][] {
  const counts = new Map<string, number>();
  for (const tag of feed.items.flatMap((item) => item.tags)) {
    counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts].sort(([one, n], [two, m]) => m - n || (one < two ? -1 : 1));
}
