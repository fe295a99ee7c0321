FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source

# What names the packages, before what changes every day: the restored layer is reused until a lock file changes.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY src/Ingest.Domain/Ingest.Domain.csproj src/Ingest.Domain/packages.lock.json src/Ingest.Domain/
COPY src/Ingest.Persistence/Ingest.Persistence.csproj src/Ingest.Persistence/packages.lock.json src/Ingest.Persistence/
COPY src/Ingest.Api/Ingest.Api.csproj src/Ingest.Api/packages.lock.json src/Ingest.Api/
RUN dotnet restore src/Ingest.Api --locked-mode

COPY .editorconfig BannedSymbols.txt ./
COPY migrations migrations
COPY src src
RUN dotnet publish src/Ingest.Api -c Release --no-restore -p:UseAppHost=false -o /app

# No shell and no package manager. So no HEALTHCHECK either: it would need a program to ask with. Ask /health/ready from outside.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /app .

# URLS, since the Urls of appsettings.json outrank ASPNETCORE_URLS, and they name loopback. Without diagnostics nothing is written to /tmp.
ENV URLS=http://+:8080 \
    ASPNETCORE_HTTP_PORTS= \
    DOTNET_EnableDiagnostics=0
USER $APP_UID
EXPOSE 8080
ENTRYPOINT ["dotnet", "ingest.dll"]
