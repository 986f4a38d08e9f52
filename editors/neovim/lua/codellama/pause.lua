---Where there is no ghost text for now: told to the server as settings, so that it prepares nothing, either.

local M = {}

---@alias codellama.Scope "file"|"language"|"everywhere"

local everywhere = false
---@type table<string, true> by path
local files = {}
---@type table<string, true> by language id
local languages = {}

---A path as a pattern of a .gitignore that means this file alone.
---@param path string
---@return string
local function pattern(path)
  return (path:gsub("[\\*?%[%]!# ]", "\\%0"))
end

---@param client vim.lsp.Client
---@return table settings
local function settings(client)
  local own = vim.deepcopy(client.config.settings or {})
  ---@type table<string, any>
  local codellama = own.codellama or {}
  local inline = codellama.inline or {}
  if everywhere then
    inline.enabled = false
  end
  if next(languages) then
    inline.disabledLanguages = vim.list_extend(inline.disabledLanguages or {}, vim.tbl_keys(languages))
  end
  if next(files) then
    local patterns = vim.tbl_map(pattern, vim.tbl_keys(files))
    inline.disabledFiles = vim.list_extend(inline.disabledFiles or {}, patterns)
  end
  codellama.inline = next(inline) and inline or nil
  own.codellama = next(codellama) and codellama or vim.empty_dict()
  return own
end

---@param client vim.lsp.Client
local function tell(client)
  client.settings = settings(client)
  client:notify("workspace/didChangeConfiguration", { settings = client.settings })
end

local function changed()
  for _, client in ipairs(vim.lsp.get_clients({ name = "codellama" })) do
    tell(client)
  end
  require("codellama.status").changed()
end

---@param bufnr integer
---@return string path, string language
local function identity(bufnr)
  local client = vim.lsp.get_clients({ bufnr = bufnr, name = "codellama" })[1]
  local filetype = vim.bo[bufnr].filetype
  local language = client and client.get_language_id(bufnr, filetype) or filetype
  return vim.api.nvim_buf_get_name(bufnr), language
end

---What a buffer is paused by, the widest first.
---@param bufnr integer
---@return codellama.Scope?
function M.of(bufnr)
  if everywhere then
    return "everywhere"
  end
  local path, language = identity(bufnr)
  return languages[language] and "language" or files[path] and "file" or nil
end

---@param scope codellama.Scope
function M.pause(scope)
  local path, language = identity(vim.api.nvim_get_current_buf())
  if scope == "file" then
    files[path] = true
  elseif scope == "language" then
    languages[language] = true
  else
    everywhere = true
  end
  changed()
end

---Take all pauses back.
function M.resume()
  everywhere, files, languages = false, {}, {}
  changed()
end

---A server that starts while there is a pause is told of it.
---@param client vim.lsp.Client
function M.begun(client)
  if everywhere or next(files) or next(languages) then
    tell(client)
  end
end

return M
