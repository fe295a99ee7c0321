using Ingest.Persistence.Tests.Identity;
using Microsoft.EntityFrameworkCore;

namespace Ingest.Persistence.Tests;

public sealed class IngestDbContextTests
{
    [Fact]
    public async Task Every_mapped_column_is_in_the_migrated_schema_with_its_type_and_nullability()
    {
        await using var database = await IdentityDatabase.CreateAsync();
        await using var context = database.CreateContext();
        var entities = context.Model.GetEntityTypes().ToList();
        entities.Count.ShouldBeGreaterThanOrEqualTo(4);

        foreach (var entity in entities)
        {
            var table = entity.GetTableName()!;
            foreach (var property in entity.GetProperties())
            {
                var column = property.GetColumnName();
                var stored = await database.ReadAsync<string>(
                    $"""
                    SELECT coalesce(string_agg(CASE data_type WHEN 'ARRAY' THEN substr(udt_name, 2) || '[]' ELSE data_type END || CASE is_nullable WHEN 'YES' THEN ' null' ELSE '' END, ','), 'absent')
                    FROM information_schema.columns WHERE table_name = '{table}' AND column_name = '{column}'
                    """);
                stored.ShouldBe(property.GetColumnType() + (property.IsColumnNullable() ? " null" : ""), $"{table}.{column}");
                await database.ExecuteAsync($"SELECT \"{column}\" FROM \"{table}\"");
            }
        }
    }
}
