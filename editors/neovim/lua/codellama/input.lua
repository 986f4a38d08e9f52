---The server asks for words: `codellama/input`.

local M = {}

---Called in a coroutine, as all handlers of requests are.
---@param asked codellama.Input
---@return string|vim.NIL
function M.ask(asked)
  local asking = assert(coroutine.running())
  local hint = asked.placeholder
  local prompt = (hint and hint ~= vim.NIL and ("%s (%s)"):format(asked.title, hint) or asked.title) .. ": "
  vim.schedule(function()
    vim.ui.input({ prompt = prompt }, function(words)
      -- Later, in any case: an input may answer before the coroutine waits.
      vim.schedule(function()
        coroutine.resume(asking, words or vim.NIL)
      end)
    end)
  end)
  return coroutine.yield()
end

return M
