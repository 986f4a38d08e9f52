import { FeedCache } from "../src/cache";
import { Feed } from "../src/feed";
import { due, nextAsk } from "../src/schedule";
import { same } from "./check";

async function main(): Promise<void> {
  let time = 0;
  let loads = 0;
  const cache = new FeedCache(100, () => time);
  const load = async (address: string): Promise<Feed> => {
    loads += 1;
    return { title: address, items: [] };
  };

  same((await cache.get("a", load)).title, "a");
  await cache.get("a", load);
  same(loads, 1);
  time = 100;
  same(cache.peek("a") === undefined, true);
  await cache.get("a", load);
  same(loads, 2);
  await cache.get("b", load);
  time = 200;
  same([cache.prune(), cache.prune()], [2, 0]);

  same(nextAsk(0, 0), 15 * 60_000);
  same(nextAsk(5, 20), 5 + 24 * 60 * 60_000);
  const feeds = [
    { address: "a", next: 5 },
    { address: "b", next: 3 },
    { address: "c", next: 9 },
  ];
  same(due(feeds, 6), ["b", "a"]);
}

void main();
