---A suggestion as virtual text: the rest of its line at the cursor, the other lines below.

local api = vim.api

local M = {}

local namespace = api.nvim_create_namespace("codellama")

---Tabs as the spaces that they take: virtual text would show them as ^I.
---@param text string
---@param from integer the screen column that it begins at
---@param width integer
---@return string
local function expanded(text, from, width)
  local parts = {} ---@type string[]
  for piece, tab in text:gmatch("([^\t]*)(\t?)") do
    from = from + vim.fn.strdisplaywidth(piece)
    parts[#parts + 1] = piece
    if tab ~= "" then
      local spaces = width - from % width
      parts[#parts + 1] = (" "):rep(spaces)
      from = from + spaces
    end
  end
  return table.concat(parts)
end

---@param bufnr integer
function M.clear(bufnr)
  if api.nvim_buf_is_valid(bufnr) then
    api.nvim_buf_clear_namespace(bufnr, namespace, 0, -1)
  end
end

---@param bufnr integer
---@param row integer from 0, and the column in bytes
---@param column integer
---@param text string
---@param hint? string what to say behind it: "2/3"
function M.draw(bufnr, row, column, text, hint)
  M.clear(bufnr)
  local before = api.nvim_buf_get_text(bufnr, row, 0, row, column, {})[1]
  local width = vim.bo[bufnr].tabstop
  local lines = {} ---@type [string, string][][]
  for line in vim.gsplit(text, "\n", { plain = true }) do
    local from = #lines == 0 and vim.fn.strdisplaywidth(before) or 0
    lines[#lines + 1] = { { expanded(line, from, width), "CodeLlamaGhost" } }
  end
  if hint then
    table.insert(lines[#lines], { (" (%s)"):format(hint), "CodeLlamaHint" })
  end
  api.nvim_buf_set_extmark(bufnr, namespace, row, column, {
    virt_text = lines[1],
    virt_text_pos = "inline",
    virt_lines = { unpack(lines, 2) },
    hl_mode = "combine",
  })
end

return M
