# Shared by run.ps1 and test.ps1: finds Python and makes .venv from the hashed lock file.
# Works in Windows PowerShell 5.1 and PowerShell 7.
$ErrorActionPreference = "Stop"
$here = Split-Path -Parent $PSScriptRoot
$venv = Join-Path $here ".venv"
$python = Join-Path $venv "Scripts\python.exe"

function Stop-Fanlight([string[]] $words) {
    foreach ($line in $words) { Write-Host $line }
    exit 3
}

function Test-Python([string[]] $command) {
    # Windows PowerShell makes an error of each line a program writes to its error output, so
    # these questions are asked of Python with errors let through.
    $ErrorActionPreference = "SilentlyContinue"
    $first = $command[0]
    $rest = @($command | Select-Object -Skip 1)
    if (-not (Get-Command $first -ErrorAction SilentlyContinue)) { return $false }
    & $first @rest -c "import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))" 2>&1 | Out-Null
    return $LASTEXITCODE -eq 0
}

function Find-Python {
    foreach ($command in @("py", "-3.13"), @("py", "-3.12"), @("py", "-3.11"), @("python"), @("python3")) {
        if (Test-Python $command) { return $command }
    }
    Stop-Fanlight "Fanlight needs Python 3.11, 3.12 or 3.13, and this computer offers none of them.", "Install one, then start again; nothing was changed."
}

function Get-Sum([string] $name) { (Get-FileHash -Algorithm SHA256 (Join-Path $here $name)).Hash }

function Test-Note([string] $note, [string] $wanted) {
    (Test-Path $note) -and ((Get-Content $note -Raw -Encoding UTF8) -eq $wanted)
}

function Add-Fanlight([string] $note, [string] $wanted) {
    & $python -m pip install -qq --disable-pip-version-check --no-deps --no-index --no-build-isolation -e $here
    if ($LASTEXITCODE -ne 0) { Stop-Fanlight "Fanlight itself could not be put into $venv, for the reason above." }
    Set-Content -Path $note -Value $wanted -NoNewline -Encoding UTF8
}

function Initialize-Fanlight {
    $parts = Join-Path $venv ".parts"
    $partsWanted = (Get-Sum "requirements.lock") + " " + $here
    $fanlight = Join-Path $venv ".fanlight"
    $fanlightWanted = Get-Sum "pyproject.toml"
    if ((Test-Path $python) -and (Test-Note $parts $partsWanted)) {
        if (-not (Test-Note $fanlight $fanlightWanted)) { Add-Fanlight $fanlight $fanlightWanted }
        return
    }
    $found = @(Find-Python)
    $first = $found[0]
    $rest = @($found | Select-Object -Skip 1)
    Write-Host "Setting up Fanlight in $venv (once; some minutes on a slow line)"
    if (Test-Path $venv) { Remove-Item -Recurse -Force $venv }
    & $first @rest -m venv $venv
    if ($LASTEXITCODE -ne 0) { Stop-Fanlight "Python could not make $venv, for the reason above. Start again when that is put right." }
    # Ready-made parts only: no part's own set-up code runs here.
    & $python -m pip install -qq --disable-pip-version-check --require-hashes --only-binary ":all:" -r (Join-Path $here "requirements.lock")
    if ($LASTEXITCODE -ne 0) { Stop-Fanlight "The parts Fanlight is made of could not be fetched, for the reason above.", "Run the same command again when the network is back; it starts afresh." }
    Set-Content -Path $parts -Value $partsWanted -NoNewline -Encoding UTF8
    Add-Fanlight $fanlight $fanlightWanted
}
