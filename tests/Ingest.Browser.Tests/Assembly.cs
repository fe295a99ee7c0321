using Ingest.Browser.Tests;

[assembly: AssemblyFixture(typeof(Chromium))]
