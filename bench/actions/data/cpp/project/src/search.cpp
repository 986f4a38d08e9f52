#include "route/search.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <queue>
#include <utility>

namespace route {

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

struct Reached {
  std::vector<double> minutes;
  std::vector<std::size_t> before;
};

/**
 * Dijkstra's algorithm, from one place to all.
 */
Reached reach(const Graph& graph, std::size_t start) {
  Reached reached{std::vector<double>(graph.size(), kNever),
                  std::vector<std::size_t>(graph.size(), start)};
  using Stop = std::pair<double, std::size_t>;
  std::priority_queue<Stop, std::vector<Stop>, std::greater<>> open;
  reached.minutes[start] = 0;
  open.push({0, start});
  while (!open.empty()) {
    const auto [minutes, place] = open.top();
    open.pop();
    if (minutes > reached.minutes[place]) {
      continue;
    }
    for (const Edge& road : graph.roads(place)) {
      const double arrival = minutes + road.minutes;
      if (arrival < reached.minutes[road.to]) {
        reached.minutes[road.to] = arrival;
        reached.before[road.to] = place;
        open.push({arrival, road.to});
      }
    }
  }
  return reached;
}

}  // namespace

static std::vector<std::string> traced(const Graph& graph, const Reached& reached,
                                       std::size_t start, std::size_t end) {
  std::vector<std::string> places;
  for (std::size_t place = end; place != start; place = reached.before[place]) {
    places.push_back(graph.name(place));
  }
  places.push_back(graph.name(start));
  std::reverse(places.begin(), places.end());
  return places;
}

std::optional<Path> fastest(Graph& graph, const std::string& from, const std::string& to) {
  if (!graph.has(from) || !graph.has(to)) {
    return std::nullopt;
  }
  const std::size_t start = graph.place(from);
  const std::size_t end = graph.place(to);
  const Reached reached = reach(graph, start);
  if (reached.minutes[end] == kNever) {
    return std::nullopt;
  }
  return Path{traced(graph, reached, start, end), reached.minutes[end]};
}

std::vector<std::string> within(Graph& graph, const std::string& from, double minutes) {
  std::vector<std::string> names;
  if (!graph.has(from)) {
    return names;
  }
  const Reached reached = reach(graph, graph.place(from));
  for (std::size_t place = 0; place < graph.size(); ++place) {
    if (reached.minutes[place] <= minutes) {
      names.push_back(graph.name(place));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace route
