# Sets Fanlight up where needed and opens it; --setup-only stops before opening.
# Every other argument goes on to fanlight.
. (Join-Path $PSScriptRoot "prepare.ps1")
Initialize-Fanlight
if ($args -contains "--setup-only") { Write-Host "Fanlight is set up. Start it with installer\run.ps1"; exit 0 }
# By python.exe, since PowerShell waits for it and learns how it ended; fanlight.exe has no console.
& $python -P -c "import sys; from ui.app import main; sys.exit(main())" @args
exit $LASTEXITCODE
