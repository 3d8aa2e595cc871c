using System.Text.RegularExpressions;

namespace WaitFor.Cluster.Tests.Examples;

/// <summary>Renders a chart: with helm where it is installed, else with a small renderer of its own that knows <c>{{ .Values.a.b }}</c>,
/// <c>{{ .Release.Name }}</c> and <c>{{ .Release.Namespace }}</c>, and refuses everything else.</summary>
internal static partial class Chart
{
    public static string? Helm { get; } = Tool.Find("helm");

    /// <summary>What rendered the chart, for the tests' output.</summary>
    public static string Renderer => Helm is null ? "the small renderer (helm is not installed)" : $"helm ({Helm})";

    /// <summary>The chart's manifests as one stream of documents.</summary>
    /// <param name="folder">The chart's folder.</param>
    /// <param name="values">The text of its values.</param>
    public static string Render(string folder, string values)
    {
        if (Helm is null)
            return RenderSmall(folder, values);
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, values);
            return Tool.Run(Helm, ["template", "shop", folder, "--namespace", "shop", "--values", file]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The same without helm, whether it is there or not.</summary>
    public static string RenderSmall(string folder, string values)
    {
        var read = Yaml.Read(values)[0];
        return string.Join(
            "\n---\n",
            Directory
                .EnumerateFiles(Path.Combine(folder, "templates"), "*.yaml")
                .Order(StringComparer.Ordinal)
                .Select(file => RenderText(Path.GetFileName(file), File.ReadAllText(file), read))
        );
    }

    private static string RenderText(string file, string template, System.Text.Json.Nodes.JsonNode values) =>
        ActionPattern()
            .Replace(template, action => action.Groups["word"].Value.Split('.') switch
                {
                    ["", "Release", "Name"] => "shop",
                    ["", "Release", "Namespace"] => "shop",
                    ["", "Values", .. var path] => values.At(path).Text()
                        ?? throw new InvalidDataException($"{file}: values.yaml has no {string.Join('.', path)}"),
                    _ => throw new InvalidDataException(
                        $"{file}: the small renderer does not know {action.Value}; keep to .Values and .Release, or teach it"
                    ),
                });

    [GeneratedRegex(@"\{\{-?\s*(?<word>.*?)\s*-?\}\}")]
    private static partial Regex ActionPattern();
}
