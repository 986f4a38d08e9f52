#include <cassert>
#include <sstream>

#include "route/search.h"
#include "route/text.h"

using route::fastest;
using route::Graph;

namespace {

Graph town() {
  Graph graph;
  graph.connect("home", "school", 10);
  graph.connect("school", "shop", 5);
  graph.connect("home", "shop", 20);
  graph.place("island");
  return graph;
}

void test_the_fastest_way_may_be_the_longer_one() {
  Graph graph = town();
  const auto path = fastest(graph, "home", "shop");
  assert(path.has_value());
  assert(path->minutes == 15);
  assert((path->places == std::vector<std::string>{"home", "school", "shop"}));
}

void test_there_may_be_no_way() {
  Graph graph = town();
  assert(!fastest(graph, "home", "island"));
  assert(!fastest(graph, "home", "nowhere"));
  assert(!graph.has("nowhere"));
}

void test_places_within_reach_are_in_order() {
  Graph graph = town();
  assert((route::within(graph, "home", 12) == std::vector<std::string>{"home", "school"}));
  assert(route::within(graph, "nowhere", 12).empty());
}

void test_a_graph_is_read_from_lines() {
  std::istringstream input("# a town\n home , school, 10 # on foot\n\nschool,shop,5\n");
  Graph graph = route::read_graph(input);
  assert(graph.size() == 3);
  const auto path = fastest(graph, "home", "shop");
  assert(path && path->minutes == 15);
  assert(route::written(*path) == "home > school > shop (15 min)");
}

void test_a_line_that_lacks_a_part_is_named() {
  std::istringstream input("a,b,1\na,b\n");
  try {
    route::read_graph(input);
    assert(false);
  } catch (const std::runtime_error& error) {
    assert(std::string(error.what()).rfind("line 2", 0) == 0);
  }
}

void test_a_road_takes_some_time() {
  Graph graph;
  bool refused = false;
  try {
    graph.connect("a", "b", -1);
  } catch (const std::invalid_argument&) {
    refused = true;
  }
  assert(refused && graph.size() == 0);
}

}  // namespace

int main() {
  test_the_fastest_way_may_be_the_longer_one();
  test_there_may_be_no_way();
  test_places_within_reach_are_in_order();
  test_a_graph_is_read_from_lines();
  test_a_line_that_lacks_a_part_is_named();
  test_a_road_takes_some_time();
}
