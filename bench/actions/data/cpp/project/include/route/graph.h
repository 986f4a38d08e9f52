#ifndef ROUTE_GRAPH_H
#define ROUTE_GRAPH_H

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace route {

struct Edge {
  std::size_t to;
  double minutes;
};

// A road network: places by name, roads between them that take some minutes.
class Graph {
 public:
  // Returns the number of the place, a new one if the name is not known.
  std::size_t place(const std::string& name);

  // Adds a road that leads both ways; throws std::invalid_argument if it takes less than
  // no time.
  void connect(const std::string& from, const std::string& to, double minutes);

  // Whether there is a place of that name.
  bool has(const std::string& name) const;

  const std::string& name(std::size_t place) const;
  const std::vector<Edge>& roads(std::size_t place) const;
  std::size_t size() const { return names_.size(); }

 private:
  std::unordered_map<std::string, std::size_t> numbers_;
  std::vector<std::string> names_;
  std::vector<std::vector<Edge>> roads_;
};

}  // namespace route

#endif  // ROUTE_GRAPH_H
