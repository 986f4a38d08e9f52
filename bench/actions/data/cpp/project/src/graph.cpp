#include "route/graph.h"

#include <stdexcept>

namespace route {

std::size_t Graph::place(const std::string& name) {
  const auto [found, added] = numbers_.try_emplace(name, names_.size());
  if (added) {
    names_.push_back(name);
    roads_.emplace_back();
  }
  return found->second;
}

void Graph::connect(const std::string& from, const std::string& to, double minutes) {
  if (minutes < 0) {
    throw std::invalid_argument("a road takes some time");
  }
  const std::size_t start = place(from);
  const std::size_t end = place(to);
  roads_[start].push_back({end, minutes});
  roads_[end].push_back({start, minutes});
}

bool Graph::has(const std::string& name) const { return numbers_.count(name) > 0; }

const std::string& Graph::name(std::size_t place) const { return names_.at(place); }

const std::vector<Edge>& Graph::roads(std::size_t place) const {
  return roads_.at(place);
}

}  // namespace route
