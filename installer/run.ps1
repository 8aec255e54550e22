# Sets Fanlight up where needed and opens it; --setup-only stops before opening.
. (Join-Path $PSScriptRoot "prepare.ps1")
Initialize-Fanlight
if ($args -contains "--setup-only") { Write-Host "Fanlight is set up. Start it with installer\run.ps1"; exit 0 }
& (Join-Path $venv "Scripts\fanlight.exe") @args
exit $LASTEXITCODE
