---What your own keys and your statusline call.

local M = {}

---Take all of the suggestion; false where none is shown.
---@return boolean
function M.accept()
  return require("codellama.ghost").accept("all")
end

---Take its next word.
---@return boolean
function M.accept_word()
  return require("codellama.ghost").accept("word")
end

---Take the rest of its line, or its next line.
---@return boolean
function M.accept_line()
  return require("codellama.ghost").accept("line")
end

---Show another suggestion; where there is only one, ask for several.
function M.next()
  require("codellama.ghost").turn(1)
end

---Show the one before.
function M.previous()
  require("codellama.ghost").turn(-1)
end

---Ask now, also where nothing is offered by itself.
function M.trigger()
  require("codellama.ghost").ask()
end

---Take the suggestion away, until the next key.
---@return boolean
function M.dismiss()
  return require("codellama.ghost").dismiss()
end

---Whether a suggestion is shown at the cursor.
---@return boolean
function M.visible()
  return require("codellama.ghost").visible()
end

---How the engine is, for a statusline: `%{v:lua.require'codellama'.status()}`; "" without a server.
---@param bufnr? integer
---@return string
function M.status(bufnr)
  return require("codellama.status").text(bufnr)
end

return M
