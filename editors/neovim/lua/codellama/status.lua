---How the engine is: what the server last said, for people.

local pause = require("codellama.pause")

local M = {}

---@type table<integer, codellama.Status> by client
local told = {}

local WORDS = {
  loading = "loading",
  ready = "ready",
  busy = "thinking",
  sleeping = "sleeping",
  down = "down",
}

---Whoever shows it looks again.
function M.changed()
  vim.api.nvim_exec_autocmds("User", { pattern = "CodeLlamaStatus", modeline = false })
  vim.cmd.redrawstatus({ bang = true })
end

---@param client_id integer
---@param status codellama.Status
function M.heard(client_id, status)
  told[client_id] = status
  M.changed()
end

---@param client_id integer
function M.forget(client_id)
  told[client_id] = nil
  vim.schedule(M.changed)
end

---@param bufnr? integer
---@return codellama.Status?
function M.of(bufnr)
  local client = vim.lsp.get_clients({ bufnr = bufnr or 0, name = "codellama" })[1]
  return client and (told[client.id] or { state = "loading", model = "", message = "starting" })
end

---@param bufnr? integer
---@return string
function M.text(bufnr)
  local status = M.of(bufnr)
  if not status then
    return ""
  end
  if status.state == "ready" and pause.of(bufnr or 0) then
    return "Code Llama: paused"
  end
  local percent = status.percent and (" %d%%"):format(status.percent) or ""
  return "Code Llama: " .. (WORDS[status.state] or status.state) .. percent
end

return M
