using System.Text.Json.Nodes;
using Ingest.Api.Errors;
using Ingest.Testing.OpenApi;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace Ingest.Api.Tests.OpenApi;

public sealed class DocumentTests(DocumentedService documented) : IClassFixture<DocumentedService>
{
    [Fact]
    public async Task It_is_OpenAPI_3_1_without_an_error_or_a_warning()
    {
        var text = (await documented.Service.DocumentAsync()).Text;
        var read = OpenApiDocument.Parse(text, OpenApiConstants.Json);
        read.Diagnostic.ShouldNotBeNull();
        read.Diagnostic.SpecificationVersion.ShouldBe(OpenApiSpecVersion.OpenApi3_1);
        read.Diagnostic.Errors.ShouldBeEmpty();
        read.Diagnostic.Warnings.ShouldBeEmpty();
        read.Document.ShouldNotBeNull().Info.Title.ShouldBe("Ingest");
    }

    [Fact]
    public async Task The_committed_document_is_the_served_one()
    {
        var served = (await documented.Service.DocumentAsync()).Text.ReplaceLineEndings("\n") + "\n";
        DocumentFile.ShouldHold("openapi.json", served);
    }

    [Fact]
    public async Task It_is_read_again_only_when_it_changed()
    {
        using var first = await documented.Service.Client.GetAsync(new Uri(ServedDocument.Path, UriKind.Relative));
        using var again = new HttpRequestMessage(HttpMethod.Get, ServedDocument.Path);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag.ShouldNotBeNull());
        using var answer = await documented.Service.Client.SendAsync(again);
        ((int)answer.StatusCode).ShouldBe(304);
    }

    [Fact]
    public async Task Every_operation_says_what_it_is_for_and_what_it_answers()
    {
        var document = await documented.Service.DocumentAsync();
        var operations = Operations(document).ToList();
        operations.Select(operation => operation.Place).ShouldBe(RouteTable.RoutesOf(documented.Service).Select(route => route.Place), ignoreOrder: true);
        operations.Select(operation => (string)operation.Node["operationId"]!).ShouldBeUnique();
        foreach (var (place, operation) in operations)
        {
            foreach (var text in new[] { "summary", "description" }) ((string?)operation[text]).ShouldNotBeNullOrWhiteSpace($"{place} lacks its {text}");
            operation["tags"]!.AsArray().Count.ShouldBe(1, place);
            foreach (var (status, response) in operation["responses"]!.AsObject())
            {
                var where = $"{place} {status}";
                ((string?)response!["description"]).ShouldNotBeNullOrWhiteSpace(where);
                response["headers"]!.AsObject().ContainsKey("Ingest-Attempt-Id").ShouldBeTrue(where);
                (response["content"] is null).ShouldBe(status == "304", where);
                foreach (var (type, content) in response["content"]?.AsObject() ?? []) content!["examples"]!.AsObject().ShouldNotBeEmpty($"{where} {type}");
            }
        }
    }

    [Fact]
    public async Task A_key_is_asked_for_exactly_where_it_is_needed()
    {
        var document = await documented.Service.DocumentAsync();
        using var stranger = documented.Service.ClientWithoutKey();
        foreach (var (place, operation) in Operations(document))
        {
            var (method, path) = (new HttpMethod(place.Split(' ')[0]), place.Split(' ')[1]);
            using var answer = await stranger.SendAsync(new HttpRequestMessage(method, path));
            ((int)answer.StatusCode == 401).ShouldBe(operation["security"]!.AsArray().Count > 0, place);
        }
    }

    [Fact]
    public async Task Every_refusal_of_the_list_is_described_by_an_operation_or_belongs_to_none()
    {
        var document = await documented.Service.DocumentAsync();
        var described = Operations(document)
            .SelectMany(operation => operation.Node["responses"]!.AsObject())
            .SelectMany(response => response.Value!["content"]?["application/problem+json"]?["examples"]?.AsObject().Select(example => example.Key) ?? [])
            .Distinct();
        ProblemCode[] ofNoOperation = [ProblemCode.NotFound, ProblemCode.MethodNotAllowed, ProblemCode.FormRefused];
        described.ShouldBe(ProblemCode.All.Except(ofNoOperation).Select(code => code.Code), ignoreOrder: true);
    }

    [Fact]
    public async Task Numbers_are_numbers_and_answers_hold_only_what_is_described()
    {
        var document = await documented.Service.DocumentAsync();
        foreach (var type in Find(document.Root, "type").OfType<JsonArray>())
            type.Select(kind => (string)kind!).Except(["null"]).Count().ShouldBe(1, "a type beside null: " + type.ToJsonString());
        foreach (var (name, schema) in document.Root["components"]!["schemas"]!.AsObject())
        {
            ((string?)schema!["description"]).ShouldNotBeNullOrWhiteSpace(name);
            foreach (var (member, described) in schema["properties"]?.AsObject() ?? [])
                (described!["description"] ?? document.Target(described!)["description"] ?? described["oneOf"]).ShouldNotBeNull($"{name}.{member} is not described");
        }

        document.Text.ShouldNotContain("C§");
    }

    [Fact]
    public async Task Every_example_of_an_answer_is_as_its_schema_says()
    {
        var document = await documented.Service.DocumentAsync();
        foreach (var (place, operation) in Operations(document))
        {
            foreach (var (status, response) in operation["responses"]!.AsObject())
            {
                foreach (var (type, name, example) in Examples(response!))
                {
                    var value = example["value"]!;
                    document.Answers.Check(response!["content"]![type]!["schema"]!, value).ShouldBeEmpty($"{place} {status} {name}");
                    if (type != ProblemWriter.ContentType) continue;
                    ((string?)value["code"]).ShouldBe(name);
                    value["status"]!.GetValue<int>().ToString().ShouldBe(status, name);
                }
            }
        }
    }

    private static IEnumerable<(string Type, string Name, JsonNode Example)> Examples(JsonNode response) =>
        from content in response["content"]?.AsObject() ?? []
        from example in content.Value!["examples"]!.AsObject()
        select (content.Key, example.Key, example.Value);

    private static IEnumerable<(string Place, JsonNode Node)> Operations(ServedDocument document) =>
        from path in document.Root["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select ($"{operation.Key.ToUpperInvariant()} {path.Key}", operation.Value);

    private static IEnumerable<JsonNode?> Find(JsonNode? node, string name) => node switch
    {
        JsonObject members => members.SelectMany(member => member.Key == name ? [member.Value, .. Find(member.Value, name)] : Find(member.Value, name)),
        JsonArray items => items.SelectMany(item => Find(item, name)),
        _ => [],
    };
}
