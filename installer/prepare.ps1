# Shared by run.ps1 and test.ps1: finds Python and makes .venv from the hashed lock file.
$ErrorActionPreference = "Stop"
$here = Split-Path -Parent $PSScriptRoot
$venv = Join-Path $here ".venv"
$python = Join-Path $venv "Scripts\python.exe"

function Find-Python {
    foreach ($version in "3.13", "3.12", "3.11") {
        if (Get-Command py -ErrorAction SilentlyContinue) {
            & py "-$version" -c "pass" 2>$null
            if ($LASTEXITCODE -eq 0) { return @("py", "-$version") }
        }
    }
    if (Get-Command python -ErrorAction SilentlyContinue) {
        & python -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))"
        if ($LASTEXITCODE -eq 0) { return @("python") }
    }
    Write-Error "Fanlight needs Python 3.11, 3.12 or 3.13. Install it for all users and run this again; nothing was changed."
}

function Initialize-Fanlight {
    $stamp = Join-Path $venv ".set-up-from"
    $wanted = (Get-FileHash (Join-Path $here "requirements.lock")).Hash + (Get-FileHash (Join-Path $here "pyproject.toml")).Hash + " " + $here
    if ((Test-Path $python) -and (Test-Path $stamp) -and ((Get-Content $stamp -Raw) -eq $wanted)) { return }
    $found = @(Find-Python)
    $first = $found[0]
    $rest = @($found | Select-Object -Skip 1)
    Write-Host "Setting up Fanlight in $venv (once)"
    if (Test-Path $venv) { Remove-Item -Recurse -Force $venv }
    & $first @rest -m venv $venv
    & $python -m pip install -qq --disable-pip-version-check --require-hashes -r (Join-Path $here "requirements.lock")
    if ($LASTEXITCODE -ne 0) { Write-Error "The parts Fanlight is made of could not be fetched. Run this again when the network is back." }
    & $python -m pip install -qq --disable-pip-version-check --no-deps --no-index --no-build-isolation -e $here
    if ($LASTEXITCODE -ne 0) { Write-Error "Fanlight itself could not be set up in $venv. Run this again." }
    Set-Content -Path $stamp -Value $wanted -NoNewline
}
