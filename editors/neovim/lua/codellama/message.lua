---What the server tells the user.

local M = {}

---@type fun()[] what waits until insert mode is left
local waiting = {}

---After a message that does not fit, Neovim wants a key: one that was typed for the text.
---@param text string
---@return boolean
local function fits(text)
  return not text:find("\n") and vim.api.nvim_strwidth("LSP[codellama] " .. text) <= vim.v.echospace
end

local function show_all()
  local shown = waiting
  waiting = {}
  for _, show in ipairs(shown) do
    show()
  end
end

---@param told lsp.ShowMessageParams
---@param context lsp.HandlerContext
function M.show(told, context)
  local function show()
    vim.lsp.handlers["window/showMessage"](nil, told, context)
  end
  if fits(told.message) or vim.api.nvim_get_mode().mode:sub(1, 1) ~= "i" then
    show()
    return
  end
  waiting[#waiting + 1] = show
  if #waiting == 1 then
    -- Scheduled: what is shown while the mode changes, the screen's next drawing wipes off.
    vim.api.nvim_create_autocmd("InsertLeave", { once = true, callback = vim.schedule_wrap(show_all) })
  end
end

return M
