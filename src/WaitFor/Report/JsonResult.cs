using System.Text;
using System.Text.Json;
using WaitFor.Verdicts;
using WaitFor.Watching;

namespace WaitFor.Report;

/// <summary>The one JSON document of <c>-o json</c>.</summary>
internal static class JsonResult
{
    /// <summary>Writes the result.</summary>
    public static string Of(GateResult result, int exitCode) => Write(json =>
    {
        Head(json, result.Outcome, exitCode, result.Message);
        json.WriteNumber("waitedSeconds", Math.Round(result.Waited.TotalSeconds, 3));
        json.WriteStartArray("targets");
        foreach (var (target, verdict) in result.Targets)
        {
            json.WriteStartObject();
            json.WriteString("target", target.ToString());
            json.WriteString("kind", target.KindWord);
            json.WriteString("namespace", target.Namespace);
            json.WriteString("name", target.Name);
            json.WriteString("selector", target.Selector);
            WriteVerdict(json, verdict);
            json.WriteStartArray("objects");
            foreach (var item in verdict.Objects)
            {
                json.WriteStartObject();
                json.WriteString("name", item.Name);
                WriteVerdict(json, item.Verdict);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>Writes an end that came before any target was followed.</summary>
    public static string Of(string outcome, int exitCode, string message) => Write(json =>
    {
        Head(json, outcome, exitCode, message);
        json.WriteNumber("waitedSeconds", 0);
        json.WriteStartArray("targets");
        json.WriteEndArray();
    });

    private static void Head(Utf8JsonWriter json, string outcome, int exitCode, string message)
    {
        json.WriteString("outcome", outcome);
        json.WriteNumber("exitCode", exitCode);
        json.WriteString("message", message);
    }

    private static void WriteVerdict(Utf8JsonWriter json, Verdict verdict)
    {
        json.WriteString("verdict", verdict.Kind.ToString());
        json.WriteString("code", verdict.Code);
        json.WriteString("message", verdict.Sentence);
    }

    private static string Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
