-- What a user does in Neovim, once the configuration of docs/editors.md is loaded. Results go to the file $RESULTS.
-- vim.wait runs the event loop until its condition holds; nothing here waits for time to pass.
local results = {}

local function wait(what, condition)
  if not vim.wait(60000, condition, 5) then
    error("nothing came: " .. what)
  end
end

local function float()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= "" then
      return window
    end
  end
end

local function run()
  vim.cmd("edit Dockerfile")
  wait("diagnostics", function() return #vim.diagnostic.get(0) > 0 end)
  for _, one in ipairs(vim.diagnostic.get(0)) do
    table.insert(results, ("%d:%d-%d:%d %s %s"):format(one.lnum, one.col, one.end_lnum, one.end_col, one.code, one.source))
  end

  vim.fn.cursor(1, 7)
  vim.lsp.buf.hover()
  wait("hover", float)
  local shown = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(float()), 0, -1, true)
  table.insert(results, "hover: " .. table.concat(shown, "\n"))
  vim.api.nvim_win_close(float(), true)

  -- an edit that is not saved yet counts
  vim.fn.append(vim.fn.line("$"), "USER node")
  vim.cmd("write")
  wait("the diagnostics of the fixed file", function() return #vim.diagnostic.get(0) == 0 end)
  table.insert(results, "left: " .. #vim.diagnostic.get(0))
end

local fine, problem = pcall(run)
if not fine then
  table.insert(results, "failed: " .. tostring(problem))
end
vim.fn.writefile(vim.split(table.concat(results, "\n"), "\n"), vim.env.RESULTS)
vim.cmd("qall!")
