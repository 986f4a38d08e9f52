import { Feed, Item, merged, sorted, tagCounts } from "../src/feed";
import { page } from "../src/page";
import { shortened } from "../src/text";
import { same } from "./check";

function item(id: string, day: number, tags: string[] = []): Item {
  const published = new Date(Date.UTC(2024, 4, day));
  return { id, title: `Title ${id}`, link: `https://example.org/${id}?a&b`, published, tags };
}

const feed: Feed = {
  title: "News & more",
  items: [item("b", 2, ["x"]), item("a", 3, ["y", "x"]), item("c", 1, ["z"])],
};

same(sorted(feed, "newest").map((one) => one.id), ["a", "b", "c"]);
same(sorted(feed, "title").map((one) => one.id), ["a", "b", "c"]);
same(sorted(feed, "oldest").map((one) => one.id), ["c", "b", "a"]);
same(feed.items.map((one) => one.id), ["b", "a", "c"]);

const together = merged("all", [feed, { title: "late", items: [item("c", 9)] }]);
same(together.items.map((one) => one.id), ["b", "a", "c"]);
same(together.items[2]?.published.getUTCDate(), 9);

same(tagCounts(feed), [["x", 2], ["y", 1], ["z", 1]]);

same(shortened("one two three", 8), "one two…");
same(shortened("one", 8), "one");
same(shortened("longest", 4), "lon…");

same(page(feed, 1).split("\n"), [
  "<h1>News &amp; more</h1>",
  "<ul>",
  '<li><time>2024-05-03</time> <a href="https://example.org/a?a&amp;b">Title a</a></li>',
  "</ul>",
]);
