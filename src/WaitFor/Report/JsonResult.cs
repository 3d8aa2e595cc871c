using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using WaitFor.Report.Hints;
using WaitFor.Verdicts;

namespace WaitFor.Report;

/// <summary>The one JSON document of <c>-o json</c>. Its form is <c>schemas/wait-for-result.schema.json</c>: a name may be added, never
/// changed.</summary>
internal static class JsonResult
{
    private const string Schema = "wait-for-result/v1";

    /// <summary>Writes a result and what was found about it.</summary>
    public static string Of(Diagnosis diagnosis, int exitCode) =>
        Write(json =>
        {
            var result = diagnosis.Result;
            Head(json, result.Outcome, exitCode, diagnosis.Headline, result.Waited);
            json.WriteStartArray("targets");
            for (var index = 0; index < diagnosis.Facts.Targets.Count; index++)
                Target(json, diagnosis.Facts.Targets[index], diagnosis.Hints[index]);
            json.WriteEndArray();
            json.WriteStartArray("notRead");
            foreach (var gap in diagnosis.Facts.Gaps)
            {
                json.WriteStartObject();
                json.WriteString("what", gap.What);
                json.WriteString("permission", gap.Permission);
                json.WriteString("reason", Layout.Clean(gap.Reason));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("roles", result.Roles);
        });

    /// <summary>Writes an end that came before any target was followed.</summary>
    public static string Of(string outcome, int exitCode, string message) =>
        Write(json =>
        {
            Head(json, outcome, exitCode, message, TimeSpan.Zero);
            json.WriteStartArray("targets");
            json.WriteEndArray();
            json.WriteStartArray("notRead");
            json.WriteEndArray();
            json.WriteNull("roles");
        });

    private static void Head(Utf8JsonWriter json, string outcome, int exitCode, string message, TimeSpan waited)
    {
        json.WriteString("schema", Schema);
        json.WriteString("outcome", outcome);
        json.WriteNumber("exitCode", exitCode);
        json.WriteString("message", message);
        json.WriteNumber("waitedSeconds", Math.Round(waited.TotalSeconds, 3));
    }

    private static void Target(Utf8JsonWriter json, TargetFacts facts, IReadOnlyList<Hint> hints)
    {
        var target = facts.Target;
        json.WriteStartObject();
        json.WriteString("target", target.ToString());
        json.WriteString("kind", target.KindWord);
        json.WriteString("namespace", target.Namespace);
        json.WriteString("name", target.Name);
        json.WriteString("selector", target.Selector);
        if (target.FieldSelector is { } fields)
            json.WriteString("fieldSelector", fields);
        WriteVerdict(json, facts.Verdict);
        json.WriteString("unconfirmed", facts.Fault?.Message);
        json.WriteStartArray("objects");
        foreach (var item in facts.Verdict.Objects)
        {
            json.WriteStartObject();
            json.WriteString("name", item.Name);
            WriteVerdict(json, item.Verdict);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("hints");
        foreach (var hint in hints)
        {
            json.WriteStartObject();
            json.WriteString("rule", hint.Rule);
            json.WriteString("fact", hint.Fact);
            json.WriteString("action", hint.Action);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        JsonDetails.Write(json, facts);
        json.WriteEndObject();
    }

    private static void WriteVerdict(Utf8JsonWriter json, Verdict verdict)
    {
        json.WriteString("verdict", verdict.Kind.ToString());
        json.WriteString("code", verdict.Code);
        json.WriteString("message", Layout.Clean(verdict.Sentence));
    }

    private static string Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new MemoryStream();
        // For a terminal or jq, never for a web page: quotes and accents may stay as they are.
        using (
            var json = new Utf8JsonWriter(
                buffer,
                new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
            )
        )
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }

        return Escape(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    /// <summary>The relaxed encoder leaves characters alone that turn the direction of a text around.</summary>
    private static string Escape(string json)
    {
        var text = new StringBuilder(json.Length);
        foreach (var unit in json)
        {
            if (unit == '\n' || char.IsSurrogate(unit) || Kubernetes.ApiFault.IsPrintable(new Rune(unit)))
                text.Append(unit);
            else
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
        }

        return text.ToString();
    }
}
