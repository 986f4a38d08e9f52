---Of a suggestion, what one key takes: pure.

local M = {}

---@alias codellama.Part "all"|"word"|"line"

---White space, line ends too, and then letters and digits, or signs; other scripts are letters.
---@param text string
---@return string
local function word(text)
  local space = text:match("^%s*")
  local rest = text:sub(#space + 1)
  return space .. (rest:match("^[%w_\128-\255]+") or rest:match("^[^%w_%s\128-\255]+") or "")
end

---Up to the end of the line; at one, all of the next line that has something.
---@param text string
---@return string
local function line(text)
  return text:match("^\n*[^\n]*")
end

---@param text string
---@param part codellama.Part
---@return string
function M.first(text, part)
  if part == "word" then
    return word(text)
  end
  return part == "line" and line(text) or text
end

return M
