namespace Ingest.Api.Operator;

internal enum OutputFormat
{
    Text,
    Json,
}
