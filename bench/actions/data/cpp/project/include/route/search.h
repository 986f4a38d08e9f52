#ifndef ROUTE_SEARCH_H
#define ROUTE_SEARCH_H

#include <optional>
#include <string>
#include <vector>

#include "route/graph.h"

namespace route {

struct Path {
  std::vector<std::string> places;
  double minutes = 0;
};

// Returns the fastest way, nothing where there is none.
std::optional<Path> fastest(Graph& graph, const std::string& from, const std::string& to);

// Returns the names of all places that can be reached within the time, in their order.
std::vector<std::string> within(Graph& graph, const std::string& from, double minutes);

}  // namespace route

#endif  // ROUTE_SEARCH_H
