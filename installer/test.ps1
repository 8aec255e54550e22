# Sets everything up and runs every check: style, types, walls, tests.
# The tests of storage want PostgreSQL's initdb and pg_ctl, and those of packs pdfsig, on the PATH.
. (Join-Path $PSScriptRoot "prepare.ps1")
Initialize-Fanlight
if ($args -contains "--setup-only") { Write-Host "Run the checks with installer\test.ps1"; exit 0 }
Set-Location $here
$env:QT_QPA_PLATFORM = "offscreen"
$walls = Join-Path $venv "Scripts\lint-imports.exe"
$amiss = @()
Write-Host "== layout"; & $python -m ruff format --check .; if ($LASTEXITCODE -ne 0) { $amiss += "layout" }
Write-Host "== style"; & $python -m ruff check .; if ($LASTEXITCODE -ne 0) { $amiss += "style" }
Write-Host "== types"; & $python -m mypy; if ($LASTEXITCODE -ne 0) { $amiss += "types" }
Write-Host "== walls"; & $walls; if ($LASTEXITCODE -ne 0) { $amiss += "walls" }
Write-Host "== tests"; & $python -m pytest -n 3 --dist worksteal @args; if ($LASTEXITCODE -ne 0) { $amiss += "tests" }
if ($amiss.Count -gt 0) { Write-Host "Not all is well. See above under: $($amiss -join ', ')"; exit 1 }
