# What make is elsewhere, for Windows: installs what is missing, then starts the program.
#
#   powershell -ExecutionPolicy Bypass -File run.ps1             the window
#   powershell -ExecutionPolicy Bypass -File run.ps1 doctor      a command (doctor, draw, listen ...)
#
# It needs Python 3.11, 3.12 or 3.13 from python.org, with "tcl/tk and IDLE" and the launcher "py".
# Not tried on Windows yet: if something fails, please send what "run.ps1 doctor" prints, or what
# failed before that.
#
# Whether a program failed is asked of its exit code: Windows PowerShell takes each line on stderr
# that is redirected for an error, which $ErrorActionPreference must not make the end of this.
Set-Location $PSScriptRoot
$python = ".venv\Scripts\python.exe"
$stamp = ".venv\installed"

function Say($text) { Write-Host "speech2bird: $text" }

function Install-Locked($lock) {
    & $python -m pip install --disable-pip-version-check --no-build-isolation --no-deps --quiet `
        --require-hashes --requirement "requirements\$lock.lock"
    if ($LASTEXITCODE -ne 0) { throw "the packages of requirements\$lock.lock could not be installed" }
}

function Test-Python($version) {
    & py "-$version" -c "import tkinter, venv" 2>$null
    return $LASTEXITCODE -eq 0
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
        if (-not (Get-Command py -ErrorAction SilentlyContinue)) {
            Say "Python's launcher, py, is not here: install Python 3.13 from python.org"
            exit 1
        }
        $version = "3.13", "3.12", "3.11" | Where-Object { Test-Python $_ } | Select-Object -First 1
        if (-not $version) {
            Say "no Python from 3.11 to 3.13 with Tk is here: install 3.13 from python.org"
            exit 1
        }
        Say "creating .venv with Python $version"
        & py "-$version" -m venv .venv
        if ($LASTEXITCODE -ne 0) { throw ".venv could not be made" }
    }
    Say "installing the program's packages into .venv; the first time takes some minutes"
    Install-Locked build
    try { Install-Locked pyaudio } catch { Say "no microphone: $_. Typing and sound files work." }
    Install-Locked run
    Install-Locked torch
    & $python -m pip install --quiet --no-build-isolation --no-deps --editable .
    if ($LASTEXITCODE -ne 0) { throw "the program could not be installed" }
    New-Item -ItemType File -Force $stamp | Out-Null
}
& $python main.py @args
exit $LASTEXITCODE
