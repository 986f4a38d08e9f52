#ifndef ROUTE_TEXT_H
#define ROUTE_TEXT_H

#include <istream>
#include <string>
#include <vector>

#include "route/graph.h"
#include "route/search.h"

namespace route {

std::string trimmed(const std::string& text);

std::vector<std::string> split(const std::string& text, char separator);

// Reads lines "from, to, minutes"; what follows a # is a comment. Throws
// std::runtime_error that names the line.
Graph read_graph(std::istream& input);

// Writes a path as "A > B > C (12 min)".
std::string written(const Path& path);

}  // namespace route

#endif  // ROUTE_TEXT_H
