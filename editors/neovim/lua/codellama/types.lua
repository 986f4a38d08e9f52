---@meta
error("types, for the language server of Lua; nothing to require")

---What `vim.g.codellama` may say, before the first file is opened.
---@class codellama.Options
---@field command? string|string[] the server, if it is neither on PATH nor beside this plugin
---@field keys? codellama.Keys|false false: no keys are mapped
---@field ghost? boolean false: Neovim's own vim.lsp.inline_completion is used, if you enable it

---Keys of insert mode; false maps none.
---@class codellama.Keys
---@field accept? string|false all of the suggestion
---@field accept_word? string|false its next word
---@field accept_line? string|false the rest of its line, or its next one
---@field next? string|false another suggestion; asks for several, where there is one
---@field previous? string|false
---@field trigger? string|false ask now
---@field dismiss? string|false take it away

---One suggestion: `text` goes in where it is anchored.
---@class codellama.Item
---@field text string
---@field command? lsp.Command tells the server that it was taken

---What is on the screen. `row` and `column` are where the texts begin, from 0, in bytes;
---`before` is what stood before them in that row.
---@class codellama.Shown
---@field bufnr integer
---@field client_id integer
---@field row integer
---@field column integer
---@field before string
---@field items codellama.Item[]
---@field index integer

---The notification `codellama/status`.
---@class codellama.Status
---@field state "loading"|"ready"|"busy"|"sleeping"|"down"
---@field model string
---@field message string
---@field percent? integer

---The request `codellama/input`.
---@class codellama.Input
---@field title string
---@field placeholder? string
