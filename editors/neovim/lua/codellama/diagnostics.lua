---Whose faults are fixed: Neovim tells a server of those alone that it found itself, and ours finds none.

local api = vim.api

local M = {}

local METHOD = "textDocument/codeAction"

---@param bufnr integer
---@param row integer from 0
---@param column integer in bytes
---@param encoding "utf-8"|"utf-16"|"utf-32"
---@return lsp.Position
local function position(bufnr, row, column, encoding)
  local line = api.nvim_buf_get_lines(bufnr, row, row + 1, false)[1] or ""
  local character = vim.str_utfindex(line, encoding, math.min(column, #line), false)
  return { line = row, character = character }
end

---@param bufnr integer
---@param found vim.Diagnostic
---@param encoding "utf-8"|"utf-16"|"utf-32"
---@return lsp.Diagnostic
local function as_lsp(bufnr, found, encoding)
  local last = found.end_lnum or found.lnum
  local told = found.user_data and found.user_data.lsp or {}
  return {
    range = {
      start = position(bufnr, found.lnum, found.col, encoding),
      ["end"] = position(bufnr, last, found.end_col or found.col, encoding),
    },
    message = found.message,
    severity = found.severity,
    code = found.code,
    source = found.source,
    relatedInformation = told.relatedInformation,
  }
end

---Those in the lines of a range, whoever found them.
---@param bufnr integer
---@param range lsp.Range
---@param encoding "utf-8"|"utf-16"|"utf-32"
---@return lsp.Diagnostic[]
local function of(bufnr, range, encoding)
  local found = {} ---@type lsp.Diagnostic[]
  for _, each in ipairs(vim.diagnostic.get(bufnr)) do
    if each.lnum <= range["end"].line and (each.end_lnum or each.lnum) >= range.start.line then
      found[#found + 1] = as_lsp(bufnr, each, encoding)
    end
  end
  return found
end

---From now on this server is told of all.
---@param client vim.lsp.Client
function M.tell(client)
  local request = client.request
  ---@diagnostic disable-next-line: duplicate-set-field
  client.request = function(self, method, params, handler, bufnr)
    local context = method == METHOD and params and params.context
    if context and #(context.diagnostics or {}) == 0 then
      params = vim.deepcopy(params)
      local of_buffer = vim.uri_to_bufnr(params.textDocument.uri)
      params.context.diagnostics = of(of_buffer, params.range, client.offset_encoding)
    end
    return request(self, method, params, handler, bufnr)
  end
end

return M
