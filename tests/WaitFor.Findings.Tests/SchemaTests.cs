using System.Text.Json;
using System.Text.RegularExpressions;

namespace WaitFor.Findings.Tests;

/// <summary>The JSON document is what <c>schemas/findings.schema.json</c> says.</summary>
public sealed class SchemaTests
{
    private static readonly Finding Whole =
        new("drop-column", Level.Error, "V2__x.sql", 3, 5, "column public.t.a", "it is gone", "keep it");
    private static readonly Finding Bare = new("allowance-unused", Level.Notice, "V3__y.sql", 0, 0, null, "of the file", null);

    private static readonly JsonElement Schema = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(Root(), "schemas", "findings.schema.json")))
        .RootElement;

    [Theory]
    [InlineData("script")]
    [InlineData("file")]
    public void A_document_fits(string field)
    {
        var tool = new FindingsTool("migrate lint", "1.2.3", field, []);

        Assert.Empty(Problems(FindingsWriter.Write(tool, FindingsFormat.Json, [Whole, Bare])));
        Assert.Empty(Problems(FindingsWriter.Write(tool, FindingsFormat.Json, [])));
    }

    /// <summary>Else the test above would show nothing.</summary>
    [Theory]
    [InlineData("\"level\": \"error\"", "\"level\": \"bad\"")]
    [InlineData("\"rule\": \"drop-column\"", "\"rule\": \"Drop Column\"")]
    [InlineData("\"line\": 3", "\"line\": \"3\"")]
    [InlineData("\"line\": 3", "\"line\": -1")]
    [InlineData("\"message\": \"it is gone\"", "\"text\": \"it is gone\"")]
    [InlineData("\"script\": \"V2__x.sql\"", "\"path\": \"V2__x.sql\"")]
    [InlineData("\"errors\": 1,", "")]
    public void Another_document_does_not(string part, string other)
    {
        var tool = new FindingsTool("migrate lint", "1.2.3", "script", []);
        var text = FindingsWriter.Write(tool, FindingsFormat.Json, [Whole]);

        Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.NotEmpty(Problems(text.Replace(part, other, StringComparison.Ordinal)));
    }

    [Fact]
    public void Sarif_has_what_its_schema_requires()
    {
        var rule = new Rule("drop-column", Level.Error, "A column is gone", "Keep it");
        var tool = new FindingsTool("migrate lint", "1.2.3", "script", [rule]);
        var root = JsonDocument.Parse(FindingsWriter.Write(tool, FindingsFormat.Sarif, [Whole, Bare])).RootElement;
        var run = Assert.Single(root.GetProperty("runs").EnumerateArray());
        var driver = run.GetProperty("tool").GetProperty("driver");

        Assert.Equal("2.1.0", root.GetProperty("version").GetString());
        Assert.NotEqual("", driver.GetProperty("name").GetString());
        var rules = driver.GetProperty("rules").EnumerateArray().ToList();
        Assert.All(
            rules,
            one =>
            {
                Assert.NotEqual("", one.GetProperty("id").GetString());
                Assert.NotEqual("", one.GetProperty("shortDescription").GetProperty("text").GetString());
                Assert.NotEqual("", one.GetProperty("help").GetProperty("text").GetString());
                Assert.Contains(
                    one.GetProperty("defaultConfiguration").GetProperty("level").GetString(),
                    (string[])["none", "note", "warning", "error"]
                );
            }
        );
        foreach (var result in run.GetProperty("results").EnumerateArray())
        {
            Assert.NotEqual("", result.GetProperty("message").GetProperty("text").GetString());
            Assert.Contains(result.GetProperty("level").GetString(), (string[])["none", "note", "warning", "error"]);
            if (result.TryGetProperty("ruleIndex", out var index))
                Assert.Equal(result.GetProperty("ruleId").GetString(), rules[index.GetInt32()].GetProperty("id").GetString());
            var place = Assert.Single(result.GetProperty("locations").EnumerateArray()).GetProperty("physicalLocation");
            Assert.True(Uri.IsWellFormedUriString(place.GetProperty("artifactLocation").GetProperty("uri").GetString(), UriKind.Relative));
            // A line of 0, which stands for none, is not allowed.
            if (place.TryGetProperty("region", out var region))
                Assert.All(region.EnumerateObject(), field => Assert.InRange(field.Value.GetInt32(), 1, int.MaxValue));
        }
    }

    private static List<string> Problems(string text)
    {
        var problems = new List<string>();
        Check(JsonDocument.Parse(text).RootElement, Schema, "$", problems);
        return problems;
    }

    /// <summary>The words of JSON schema that this one uses; any other one fails the test.</summary>
    private static void Check(JsonElement value, JsonElement schema, string path, List<string> problems)
    {
        foreach (var word in schema.EnumerateObject())
        {
            switch (word.Name)
            {
                case "type":
                    var kinds = word.Value.ValueKind == JsonValueKind.Array ? word.Value.EnumerateArray().ToList() : [word.Value];
                    Need(kinds.Exists(kind => IsOf(value, kind.GetString()!)), word.Name);
                    break;
                case "enum":
                    Need(word.Value.EnumerateArray().Any(one => one.GetString() == value.ToString()), word.Name);
                    break;
                case "minimum":
                    Need(value.ValueKind != JsonValueKind.Number || value.GetInt64() >= word.Value.GetInt64(), word.Name);
                    break;
                case "minLength":
                    Need(value.ToString().Length >= word.Value.GetInt32(), word.Name);
                    break;
                case "pattern":
                    Need(Regex.IsMatch(value.ToString(), word.Value.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(1)), word.Name);
                    break;
                case "required":
                    foreach (var name in word.Value.EnumerateArray())
                        Need(value.TryGetProperty(name.GetString()!, out _), $"required {name}");
                    break;
                case "oneOf":
                    Need(word.Value.EnumerateArray().Count(one => Fits(value, one)) == 1, word.Name);
                    break;
                case "additionalProperties":
                    foreach (var field in value.EnumerateObject())
                        Need(schema.GetProperty("properties").TryGetProperty(field.Name, out _), $"unknown {field.Name}");
                    break;
                case "properties":
                    foreach (var field in value.EnumerateObject())
                    {
                        if (word.Value.TryGetProperty(field.Name, out var inner))
                            Check(field.Value, inner, $"{path}.{field.Name}", problems);
                    }

                    break;
                case "items":
                    foreach (var item in value.EnumerateArray())
                        Check(item, word.Value, $"{path}[]", problems);
                    break;
                default:
                    Need(word.Name is "$schema" or "title" or "description", $"unknown word {word.Name}");
                    break;
            }
        }

        void Need(bool holds, string what)
        {
            if (!holds)
                problems.Add($"{path}: {what}");
        }
    }

    private static bool Fits(JsonElement value, JsonElement schema)
    {
        var problems = new List<string>();
        Check(value, schema, "$", problems);
        return problems.Count == 0;
    }

    private static bool IsOf(JsonElement value, string type) =>
        type switch
        {
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "null" => value.ValueKind == JsonValueKind.Null,
            _ => string.Equals(value.ValueKind.ToString(), type, StringComparison.OrdinalIgnoreCase),
        };

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "WaitFor.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
