import { Feed } from "./feed";

interface Kept {
  feed: Feed;
  until: number;
}

/** Feeds by their address, each for some time; `now` tells the time in milliseconds. */
export class FeedCache {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly lifeMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Returns the feed, from `load` where it is not there or too old. */
  async get(address: string, load: (address: string) => Promise<Feed>): Promise<Feed> {
    const found = this.peek(address);
    if (found !== undefined) {
      return found;
    }
    const feed = await load(address);
    this.kept.set(address, { feed, until: this.now() + this.lifeMs });
    return feed;
  }

  /** Returns the feed if it is there and young enough. */
  peek(address: string): Feed | undefined {
    const found = this.kept.get(address);
    if (found === undefined || found.until <= this.now()) {
      return undefined;
    }
    return found.feed;
  }

  /** Forgets what is too old and returns how many feeds that were. */
  prune(): number {
    const old = [...this.kept].filter(([, one]) => one.until <= this.now());
    for (const [address] of old) {
      this.kept.delete(address);
    }
    return old.length;
  }
}
