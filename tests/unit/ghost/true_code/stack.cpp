#include <stdexcept>
#include <vector>

namespace box {

// Last in, first out.
template <typename T>
class Stack {
 public:
  void push(const T& item) {
    items_.push_back(item);
  }

  T pop() {
    if (items_.empty()) {
      throw std::out_of_range("nothing is left (pop)");
    } else if (items_.size() > 9) {
      shrink();
    }
    T last = items_.back();
    items_.pop_back();
    return last;
  }

  char sign(int kind) const {
    switch (kind) {
      case 0:
        return '(';
      default:
        return ')';
    }
  }

 private:
  void shrink() {
#ifdef BOX_SHRINKS
    items_.shrink_to_fit();
#endif
  }

  std::vector<T> items_;
};

}  // namespace box
