---A window with what a command prints, as it comes; q closes it.

local api = vim.api

local M = {}

---@param bufnr integer
---@param text string
local function append(bufnr, text)
  if not api.nvim_buf_is_valid(bufnr) then
    return
  end
  vim.bo[bufnr].modifiable = true
  api.nvim_buf_set_text(bufnr, -1, -1, -1, -1, vim.split(text, "\r?\n"))
  vim.bo[bufnr].modifiable = false
end

---@param title string
---@param line string[] the command line
function M.show(title, line)
  vim.cmd.new()
  local bufnr = api.nvim_get_current_buf()
  vim.bo[bufnr].buftype = "nofile"
  vim.bo[bufnr].bufhidden = "wipe"
  vim.bo[bufnr].swapfile = false
  vim.bo[bufnr].modifiable = false
  api.nvim_buf_set_name(bufnr, ("codellama://%s/%d"):format(title, bufnr))
  vim.keymap.set("n", "q", "<Cmd>close<CR>", { buffer = bufnr, desc = "close" })
  local heard = vim.schedule_wrap(function(_, text)
    if text then
      append(bufnr, text)
    end
  end)
  local ended = vim.schedule_wrap(function()
    if api.nvim_buf_is_valid(bufnr) then
      vim.b[bufnr].codellama_done = true
    end
  end)
  local options = { text = true, stdout = heard, stderr = heard }
  local started, process = pcall(vim.system, line, options, ended)
  if not started then
    append(bufnr, tostring(process))
    return
  end
  api.nvim_create_autocmd("BufWipeout", {
    buffer = bufnr,
    callback = function()
      process:kill("sigterm")
    end,
  })
end

return M
