#!/usr/bin/env bash
# Looks up every package, those that packages bring along too, among the known vulnerabilities. Fails on a finding. Where the package
# source has no such data, "nothing found" would be a lie: then it says that nothing was checked.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# NuGet tells whether a source has data only of sources that are named for the audit, so all that are in use are named for one restore.
sources=$(dotnet nuget list source --format short | sed -nE 's/^EM? (.*)/\1/p')
{
  echo '<configuration><packageSources><clear />'
  number=0
  while read -r source; do echo "<add key=\"source$((number += 1))\" value=\"$source\" />"; done <<<"$sources"
  echo '</packageSources><auditSources><clear />'
  number=0
  while read -r source; do echo "<add key=\"source$((number += 1))\" value=\"$source\" />"; done <<<"$sources"
  echo '</auditSources></configuration>'
} >"$folder/NuGet.Config"
version=$(sed -nE 's/.*Include="Npgsql" Version="([^"]+)".*/\1/p' Directory.Packages.props)
cat >"$folder/audited.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>true</NuGetAudit><NuGetAuditMode>all</NuGetAuditMode></PropertyGroup>
  <ItemGroup><PackageReference Include="Npgsql" Version="$version" /></ItemGroup>
</Project>
PROJECT

if ! restored=$(dotnet restore "$folder/audited.csproj" --configfile "$folder/NuGet.Config" 2>&1); then
  echo "Vulnerability audit: NOT DONE, the package source does not answer"
elif grep -q NU1905 <<<"$restored" || [[ -z $sources ]]; then
  echo "Vulnerability audit: NOT DONE, the package source has no data on vulnerabilities; nothing was checked"
else
  found=$(dotnet list Ingest.sln package --vulnerable --include-transitive 2>&1)
  if grep -q 'has the following vulnerable packages' <<<"$found"; then
    echo "Vulnerability audit: FOUND"
    grep -E 'vulnerable packages|^ *>' <<<"$found"
    exit 1
  fi
  echo "Vulnerability audit: $(grep -c 'has no vulnerable packages' <<<"$found") projects, nothing known"
fi
