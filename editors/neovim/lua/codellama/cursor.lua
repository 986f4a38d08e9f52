---Tells the server where the cursor rests, so that it prepares what may be asked there.

local api = vim.api

local M = {}

local REST_MS = 150

---@type uv.uv_timer_t?
local timer

local function tell()
  local bufnr = api.nvim_get_current_buf()
  local client = vim.lsp.get_clients({ bufnr = bufnr, name = "codellama" })[1]
  if not client then
    return
  end
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  ---@diagnostic disable-next-line: param-type-mismatch
  client:notify("codellama/cursorMoved", params)
end

local function moved()
  if not timer then
    timer = assert(vim.uv.new_timer())
  end
  timer:start(REST_MS, 0, vim.schedule_wrap(tell))
end

---@param bufnr integer
function M.attach(bufnr)
  local group = api.nvim_create_augroup(("codellama.cursor.%d"):format(bufnr), {})
  api.nvim_create_autocmd({ "BufEnter", "CursorMoved" }, {
    group = group,
    buffer = bufnr,
    desc = "Code Llama: where the cursor rests",
    callback = moved,
  })
end

return M
