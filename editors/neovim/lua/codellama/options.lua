---`vim.g.codellama`, with what holds where it says nothing.

local M = {}

---@type codellama.Keys
local KEYS = {
  accept = "<Tab>",
  accept_word = "<M-Right>",
  accept_line = "<M-C-Right>",
  next = "<M-]>",
  previous = "<M-[>",
  trigger = "<M-Bslash>",
  dismiss = "<C-]>",
}

---@return codellama.Options
local function given()
  return type(vim.g.codellama) == "table" and vim.g.codellama or {}
end

---@return codellama.Keys
function M.keys()
  local keys = given().keys
  if keys == false then
    return {}
  end
  return vim.tbl_extend("force", KEYS, keys or {})
end

---@return string|string[]|nil
function M.command()
  return given().command
end

---Whether this plugin draws the suggestions.
---@return boolean
function M.ghost()
  return given().ghost ~= false
end

return M
