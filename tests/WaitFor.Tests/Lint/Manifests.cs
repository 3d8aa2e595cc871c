using System.Text;
using WaitFor.CommandLine;
using WaitFor.Lint;

namespace WaitFor.Tests.Lint;

/// <summary>Manifests for the tests of the linter.</summary>
internal static class Manifests
{
    /// <summary>Reads text as the standard input.</summary>
    public static Pattern Read(string text) =>
        PatternReader.Read(["-"], recursive: false, () => new MemoryStream(Encoding.UTF8.GetBytes(text)));

    /// <summary>The message with which text is refused.</summary>
    public static string Refused(string text) => Assert.Throws<UsageException>(() => Read(text)).Message;

    /// <summary>A Deployment whose init container has these lines.</summary>
    public static string Gate(string container, string @namespace = "shop", string name = "shop") =>
        $"""
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {OfMetadata(name, @namespace)}
            spec:
              template:
                metadata: {@"{labels: {app: shop}}"}
                spec:
                  initContainers:
                  - name: gate
                    {container.Trim().ReplaceLineEndings("\n        ")}
                  containers:
                  - name: shop
                    image: registry.example/shop:v42

            """;

    /// <summary>A Job whose container has these lines.</summary>
    public static string Job(
        string name,
        string container = "image: registry.example/shop-migrate:v42",
        string? @namespace = "shop",
        string labels = "{}"
    ) =>
        $"""
            ---
            apiVersion: batch/v1
            kind: Job
            metadata: {OfMetadata(name, @namespace)[..^1]}, labels: {labels}{"}"}
            spec:
              template:
                metadata: {@"{labels: {app: shop-migrate}}"}
                spec:
                  containers:
                  - name: migrate
                    {container.Trim().ReplaceLineEndings("\n        ")}

            """;

    private static string OfMetadata(string name, string? @namespace) =>
        string.IsNullOrEmpty(@namespace) ? $"{{name: {name}}}" : $"{{name: {name}, namespace: {@namespace}}}";
}
