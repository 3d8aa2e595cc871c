using System.Text;
using System.Text.Json;

namespace WaitFor.Findings;

/// <summary>How findings are written.</summary>
public enum FindingsFormat
{
    /// <summary>As a compiler prints: <c>file:line:column: level: rule: message</c>, and the fix below.</summary>
    Text,

    /// <summary>One JSON document; its schema is <c>schemas/findings.schema.json</c>.</summary>
    Json,

    /// <summary>Workflow commands, which GitHub Actions shows beside the line.
    /// <see href="https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands"/></summary>
    Github,

    /// <summary>SARIF 2.1.0. <see href="https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"/></summary>
    Sarif,
}

/// <summary>Which program reports, for SARIF.</summary>
/// <param name="Name">Such as <c>migrate lint</c>.</param>
/// <param name="Version">Such as <c>0.2.0</c>.</param>
/// <param name="FileField">What JSON calls the file: <c>script</c> or <c>file</c>.</param>
/// <param name="Rules">Every rule that it knows.</param>
public sealed record FindingsTool(string Name, string Version, string FileField, IReadOnlyList<Rule> Rules);

/// <summary>Writes findings.</summary>
public static class FindingsWriter
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    /// <summary>In the order in which a person reads them: by file, as given, then by place, the worst first.</summary>
    public static IReadOnlyList<Finding> Sort(IEnumerable<Finding> findings)
    {
        var all = findings.ToList();
        var files = all.Select(finding => finding.File).Distinct(StringComparer.Ordinal).ToList();
        return
        [
            .. all.OrderBy(finding => files.IndexOf(finding.File))
                .ThenBy(finding => finding.Line)
                .ThenBy(finding => finding.Column)
                .ThenByDescending(finding => finding.Level)
                .ThenBy(finding => finding.Rule, StringComparer.Ordinal)
                .ThenBy(finding => finding.Subject, StringComparer.Ordinal),
        ];
    }

    /// <summary>The findings in one format, each line ended.</summary>
    /// <param name="tool">Which program reports.</param>
    /// <param name="format">The format.</param>
    /// <param name="findings">What was found, in order.</param>
    /// <param name="paint">Colours the word for a level in <see cref="FindingsFormat.Text"/>; null for no colours.</param>
    public static string Write(
        FindingsTool tool,
        FindingsFormat format,
        IReadOnlyList<Finding> findings,
        Func<Level, string, string>? paint = null
    ) =>
        format switch
        {
            FindingsFormat.Json => Json(writer => WriteJson(writer, tool, findings)),
            FindingsFormat.Github => string.Concat(findings.Select(Github)),
            FindingsFormat.Sarif => Json(writer => WriteSarif(writer, tool, findings)),
            _ => Text(findings, paint ?? ((_, word) => word)),
        };

    /// <summary>The last line of a report for people: how many of each level.</summary>
    public static string Summary(IReadOnlyList<Finding> findings)
    {
        var parts = new[] { Level.Error, Level.Warning, Level.Notice }
            .Select(level => (Name: Word(level), Count: findings.Count(finding => finding.Level == level)))
            .Where(part => part.Count > 0)
            .Select(part => $"{part.Count} {part.Name}{(part.Count == 1 ? "" : "s")}");
        return findings.Count == 0 ? "no findings" : string.Join(", ", parts);
    }

    private static string Word(Level level) => level.ToString().ToLowerInvariant();

    private static string Text(IReadOnlyList<Finding> findings, Func<Level, string, string> paint)
    {
        var text = new StringBuilder();
        foreach (var finding in findings)
        {
            text.Append(finding.File);
            if (finding.Line > 0)
                text.Append(':').Append(finding.Line);
            if (finding is { Line: > 0, Column: > 0 })
                text.Append(':').Append(finding.Column);
            text.Append(": ").Append(paint(finding.Level, Word(finding.Level))).Append(": ").Append(finding.Rule).Append(": ");
            if (finding.Subject is not null)
                text.Append(finding.Subject).Append(": ");
            text.Append(finding.Message).Append('\n');
            foreach (var line in Lines(finding.Fix))
                text.Append("    ").Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static string[] Lines(string? fix) => fix is null ? [] : fix.TrimEnd('\n').Split('\n');

    private static string Github(Finding finding)
    {
        var place = $"file={Property(finding.File)}";
        if (finding.Line > 0)
            place += $",line={finding.Line}";
        if (finding is { Line: > 0, Column: > 0 })
            place += $",col={finding.Column}";
        return $"::{Word(finding.Level)} {place},title={Property(finding.Rule)}::{Data(Sentence(finding))}\n";

        static string Data(string text) =>
            text.Replace("%", "%25", StringComparison.Ordinal)
                .Replace("\r", "%0D", StringComparison.Ordinal)
                .Replace("\n", "%0A", StringComparison.Ordinal);

        static string Property(string text) =>
            Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
    }

    private static string Sentence(Finding finding) =>
        (finding.Subject is null ? "" : finding.Subject + ": ")
        + finding.Message
        + (finding.Fix is { } fix ? "\n" + fix.TrimEnd('\n') : "");

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Indented))
            write(writer);
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteJson(Utf8JsonWriter writer, FindingsTool tool, IReadOnlyList<Finding> findings)
    {
        writer.WriteStartObject();
        foreach (var level in new[] { Level.Error, Level.Warning, Level.Notice })
            writer.WriteNumber(Word(level) + "s", findings.Count(finding => finding.Level == level));
        writer.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            writer.WriteStartObject();
            writer.WriteString("rule", finding.Rule);
            writer.WriteString("level", Word(finding.Level));
            writer.WriteString(tool.FileField, finding.File);
            writer.WriteNumber("line", finding.Line);
            writer.WriteNumber("column", finding.Column);
            writer.WriteString("object", finding.Subject);
            writer.WriteString("message", finding.Message);
            writer.WriteString("fix", finding.Fix);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteSarif(Utf8JsonWriter writer, FindingsTool tool, IReadOnlyList<Finding> findings)
    {
        writer.WriteStartObject();
        writer.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        writer.WriteString("version", "2.1.0");
        writer.WriteStartArray("runs");
        writer.WriteStartObject();
        writer.WriteStartObject("tool");
        writer.WriteStartObject("driver");
        writer.WriteString("name", tool.Name);
        writer.WriteString("version", tool.Version);
        writer.WriteStartArray("rules");
        foreach (var rule in tool.Rules)
        {
            writer.WriteStartObject();
            writer.WriteString("id", rule.Name);
            WriteText(writer, "shortDescription", rule.Summary);
            WriteText(writer, "help", rule.Fix);
            writer.WriteStartObject("defaultConfiguration");
            writer.WriteString("level", SarifLevel(rule.Level));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartArray("results");
        foreach (var finding in findings)
            WriteResult(writer, tool, finding);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter writer, FindingsTool tool, Finding finding)
    {
        writer.WriteStartObject();
        writer.WriteString("ruleId", finding.Rule);
        for (var index = 0; index < tool.Rules.Count; index++)
        {
            if (tool.Rules[index].Name == finding.Rule)
                writer.WriteNumber("ruleIndex", index);
        }

        writer.WriteString("level", SarifLevel(finding.Level));
        WriteText(writer, "message", Sentence(finding));
        writer.WriteStartArray("locations");
        writer.WriteStartObject();
        writer.WriteStartObject("physicalLocation");
        writer.WriteStartObject("artifactLocation");
        writer.WriteString("uri", Uri.EscapeDataString(finding.File).Replace("%2F", "/", StringComparison.Ordinal));
        writer.WriteEndObject();
        if (finding.Line > 0)
        {
            writer.WriteStartObject("region");
            writer.WriteNumber("startLine", finding.Line);
            if (finding.Column > 0)
                writer.WriteNumber("startColumn", finding.Column);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        if (finding.Subject is not null)
        {
            writer.WriteStartArray("logicalLocations");
            writer.WriteStartObject();
            writer.WriteString("fullyQualifiedName", finding.Subject);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string SarifLevel(Level level) => level == Level.Notice ? "note" : Word(level);

    private static void WriteText(Utf8JsonWriter writer, string name, string text)
    {
        writer.WriteStartObject(name);
        writer.WriteString("text", text);
        writer.WriteEndObject();
    }
}
