#include "route/text.h"

#include <sstream>
#include <stdexcept>

namespace route {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) {
    return "";
  }
  const auto last = text.find_last_not_of(" \t\r");
  return text.substr(first, last - first + 1);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  std::string part;
  while (std::getline(stream, part, separator)) {
    parts.push_back(trimmed(part));
  }
  return parts;
}

Graph read_graph(std::istream& input) {
  Graph graph;
  std::string line;
  for (int number = 1; std::getline(input, line); ++number) {
    const std::string text = trimmed(line.substr(0, line.find('#')));
    if (text.empty()) {
      continue;
    }
    const auto parts = split(text, ',');
    if (parts.size() != 3) {
      throw std::runtime_error("line " + std::to_string(number) + ": three parts");
    }
    graph.connect(parts[0], parts[1], std::stod(parts[2]));
  }
  return graph;
}

std::string written(const Path& path) {
  std::ostringstream text;
  for (std::size_t at = 0; at < path.places.size(); ++at) {
    text << (at > 0 ? " > " : "") << path.places[at];
  }
  text << " (" << path.minutes << " min)";
  return text.str();
}

}  // namespace route
