# What make is elsewhere, for Windows: installs what is missing, then starts the program.
#
#   powershell -ExecutionPolicy Bypass -File run.ps1             the window
#   powershell -ExecutionPolicy Bypass -File run.ps1 doctor      a command (doctor, draw, listen ...)
#
# It needs Python 3.11 or later from python.org, with "tcl/tk and IDLE". Not tried on Windows yet:
# if something fails, please send what "run.ps1 doctor" prints, or what failed before that.
$ErrorActionPreference = "Stop"
Set-Location $PSScriptRoot
$python = ".venv\Scripts\python.exe"
$stamp = ".venv\installed"

function Say($text) { Write-Host "speech2bird: $text" }

function Install-Locked($lock) {
    & $python -m pip install --disable-pip-version-check --no-build-isolation --no-deps --quiet `
        --require-hashes --requirement "requirements\$lock.lock"
    if ($LASTEXITCODE -ne 0) { throw "the packages of requirements\$lock.lock could not be installed" }
}

function Test-Installed {
    if (-not (Test-Path $stamp)) { return $false }
    $made = (Get-Item $stamp).LastWriteTime
    foreach ($file in @(Get-Item requirements\*.lock) + @(Get-Item setup.cfg)) {
        if ($file.LastWriteTime -gt $made) { return $false }
    }
    return $true
}

if (-not (Test-Installed)) {
    if (-not (Test-Path $python)) {
        foreach ($version in "3.13", "3.12", "3.11") {
            & py "-$version" -c "import tkinter, venv" 2>$null
            if ($LASTEXITCODE -eq 0) {
                Say "creating .venv with Python $version"
                & py "-$version" -m venv .venv
                break
            }
        }
        if (-not (Test-Path $python)) {
            Say "no Python from 3.11 to 3.13 with Tk is here: install one from python.org"
            exit 1
        }
    }
    Say "installing the program's packages into .venv; the first time takes some minutes"
    Install-Locked build
    try { Install-Locked pyaudio } catch { Say "no microphone: $_. Typing and sound files work." }
    Install-Locked run
    Install-Locked torch
    & $python -m pip install --quiet --no-build-isolation --no-deps --editable .
    New-Item -ItemType File -Force $stamp | Out-Null
}
& $python main.py @args
exit $LASTEXITCODE
