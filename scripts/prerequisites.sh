# Sourced by run, test and .ci/run from the root of the repository: what has to be on the machine, and quiet builds.

readonly oldest_postgres=15

# The same folders in the same order as the service itself searches.
newest_postgres() {
  local folder version newest=0
  local -a folders=()
  IFS=: read -r -a folders <<<"$PATH"
  folders+=(/usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin)
  for folder in "${folders[@]}"; do
    if [[ -x $folder/initdb && -x $folder/postgres && -x $folder/pg_ctl ]]; then
      version=$("$folder/postgres" --version 2>/dev/null | sed -nE 's/.*\(PostgreSQL\) ([0-9]+).*/\1/p') || continue
      if [[ -n $version ]] && ((version > newest)); then newest=$version; fi
    fi
  done
  echo "$newest"
}

require_sdk() {
  if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^10\.'; then
    echo "The .NET SDK 10 is needed and was not found. Install it from https://dotnet.microsoft.com/download/dotnet/10.0" >&2
    exit 1
  fi
}

# require_postgres [VARIABLE...]: not where one of these variables already names a server or a folder.
require_postgres() {
  local variable found
  for variable in "$@"; do
    if [[ -n ${!variable:-} ]]; then return; fi
  done
  found=$(newest_postgres)
  if ((found < oldest_postgres)) && [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    install_postgres
    found=$(newest_postgres)
  fi
  if ((found < oldest_postgres)); then
    {
      echo "PostgreSQL $oldest_postgres or newer is needed and was not found. Install it and start again:"
      echo "  Debian, Ubuntu:  sudo apt-get install postgresql"
      echo "  Fedora:          sudo dnf install postgresql-server"
      echo "  macOS:           brew install postgresql@17"
      echo "or set $1 to the connection string of a running server."
    } >&2
    exit 1
  fi
}

# The script that recomputes digests from their documentation; tests say so themselves where it is absent.
offer_python() {
  if ! command -v python3 >/dev/null && [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    echo "Installing Python from the system's packages" >&2
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3; } >/dev/null 2>&1 || true
  fi
}

# npm, and the packages of a folder; the tests say so themselves where they are absent.
offer_packages() {
  if ! command -v npm >/dev/null && [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    echo "Installing npm from the system's packages" >&2
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nodejs npm; } >/dev/null 2>&1 || true
  fi
  if command -v npm >/dev/null && [[ ! $1/node_modules/.package-lock.json -nt $1/package-lock.json ]]; then
    (cd "$1" && npm ci --ignore-scripts) >/dev/null 2>&1 || true
  fi
}

# A browser, and what examines pages in it; the tests say so themselves where they are absent.
offer_browser() {
  if [[ -z $(command -v chromium chromium-browser google-chrome | head -n 1) && $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    echo "Installing Chromium from the system's packages" >&2
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium; } >/dev/null 2>&1 || true
  fi
  offer_packages tests/browser
}

install_postgres() {
  local log
  log=$(mktemp)
  echo "Installing PostgreSQL from the system's packages" >&2
  apt_install_postgres >"$log" 2>&1 || cat "$log" >&2
  rm -f "$log"
}

apt_install_postgres() {
  local settings=/etc/postgresql-common/createcluster.conf status=0
  export DEBIAN_FRONTEND=noninteractive
  apt-get update || return
  if dpkg -s postgresql-common; then
    apt-get install -y --no-install-recommends postgresql
    return
  fi

  # The package would make and start a cluster of its own, which nobody here asked for.
  apt-get install -y --no-install-recommends postgresql-common || return
  cp -p "$settings" "$settings.before-ingest" || return
  echo 'create_main_cluster = false' >>"$settings"
  apt-get install -y --no-install-recommends postgresql || status=$?
  mv "$settings.before-ingest" "$settings"
  return "$status"
}

# build PROJECT_OR_SOLUTION: says nothing unless it fails.
build() {
  local log
  log=$(mktemp)
  # Without servers that would stay behind with the memory of a build.
  if ! dotnet build "$1" -c Release -nologo -v quiet -nodeReuse:false -p:UseSharedCompilation=false >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    exit 1
  fi
  rm -f "$log"
}
