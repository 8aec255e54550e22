# Sets everything up and runs every check: style, types, walls, tests.
. (Join-Path $PSScriptRoot "prepare.ps1")
Initialize-Fanlight
Set-Location $here
$env:QT_QPA_PLATFORM = "offscreen"
foreach ($check in @(@("ruff", "format", "--check", "."), @("ruff", "check", "."), @("mypy"), @("pytest"))) {
    & $python -m @check
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}
& (Join-Path $venv "Scripts\lint-imports.exe")
exit $LASTEXITCODE
