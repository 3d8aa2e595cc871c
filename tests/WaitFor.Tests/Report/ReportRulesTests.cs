using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using WaitFor.Process;
using WaitFor.Report;
using WaitFor.Verdicts.Tests;

namespace WaitFor.Tests.Report;

/// <summary>What holds for every report, whatever the cluster says.</summary>
public sealed class ReportRulesTests
{
    private static readonly HintRow[] Rows =
    [
        .. PodHintTests.Table,
        .. PodStartHintTests.Table,
        .. JobHintTests.Table,
        .. MissingHintTests.Table,
        .. ServiceHintTests.Table,
        .. NoHintTests.Table,
    ];

    public static TheoryData<string> Scenes => HintRow.NamesOf(Rows);

    private static Scene SceneOf(string name) => Rows.Single(row => row.Name == name).Scene();

    [Theory]
    [MemberData(nameof(Scenes))]
    public void Lines_stay_below_100_columns_but_for_a_longer_word_quoted_lines_and_commands(string scene)
    {
        var text = ReportText.Log(Scene.Diagnose("timed-out", SceneOf(scene)), Palette.None);

        Assert.All(
            text.Split('\n')
                .Where(line =>
                    line.Length > Layout.Width
                    && !line.Contains(" | ", StringComparison.Ordinal)
                    && !line.TrimStart().StartsWith("kubectl ", StringComparison.Ordinal)
                ),
            line => Assert.DoesNotContain(' ', line.Trim())
        );
    }

    [Fact]
    public void Lines_stay_below_100_columns_with_the_longest_names()
    {
        var name = string.Join('.', Enumerable.Repeat(new string('n', 60), 4));
        var scene = Scene.Of("job-image-pull-error", $"job/{name}") with { Namespace = new string('s', 63) };

        var text = ReportText.Log(
            Scene.Diagnose("timed-out", scene.Job(job => job.Named(name)), Scene.Of("job-unschedulable")),
            Palette.None
        );

        Assert.All(text.Split('\n').Where(line => line.Length > Layout.Width), line =>
            Assert.True(line.Split(' ').Max(word => word.Length) > 60, line)
        );
    }

    [Theory]
    [MemberData(nameof(Scenes))]
    public void No_control_character_of_any_field_reaches_a_terminal(string scene)
    {
        var (clean, dirty) = (SceneOf(scene), SceneOf(scene));
        foreach (var item in dirty.Jobs.Concat(dirty.Pods).Concat(dirty.Services).Concat(dirty.Slices))
            Soil(item["status"]);
        foreach (var item in dirty.Events)
            Soil(item);
        foreach (var item in dirty.Slices)
            Soil(item["endpoints"]);
        dirty = dirty with { Log = [.. clean.Log] };

        var diagnosis = Scene.Diagnose("timed-out", dirty);

        Assert.All([diagnosis.Headline, ReportText.Log(diagnosis, Palette.None), ReportText.Termination(diagnosis)], text =>
            Assert.DoesNotContain(text.EnumerateRunes(), rune =>
                rune.Value != '\n'
                && Rune.GetUnicodeCategory(rune)
                    is UnicodeCategory.Control
                        or UnicodeCategory.Format
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator
                && rune.Value != '\n'
            )
        );
        Assert.DoesNotContain('\n', diagnosis.Headline);
        // And nobody adds a line to the report.
        Assert.DoesNotContain("\n$ forged", ReportText.Log(diagnosis, Palette.None), StringComparison.Ordinal);
    }

    [Fact]
    public void Colours_are_in_the_log_where_they_are_wanted_and_never_in_the_termination_message()
    {
        var diagnosis = ReportScenes.Several();
        var colours = Palette.Of(name => name == "TERM" ? "xterm" : null, redirected: false);

        Assert.Contains("\u001b[33mnot ready", ReportText.Log(diagnosis, colours), StringComparison.Ordinal);
        Assert.Contains("\u001b[1mWhat to do\u001b[0m", ReportText.Log(diagnosis, colours), StringComparison.Ordinal);
        Assert.Equal(ReportText.Log(diagnosis, Palette.None), Uncoloured(ReportText.Log(diagnosis, colours)));
        Assert.DoesNotContain('\u001b', ReportText.Termination(diagnosis));
    }

    [Theory]
    [InlineData("job-failed-backoff0", "job/migrate")]
    [InlineData("job-image-pull-error", "job/migrate")]
    [InlineData("pod-crashloop", "pod/crash")]
    [InlineData("deployment-service-rollout", "service/web")]
    public void No_environment_value_no_argument_and_no_annotation_is_shown(string scenario, string words)
    {
        var scene = Scene.Of(scenario, words);
        foreach (var item in scene.Jobs.Concat(scene.Pods).Concat(scene.Services))
        {
            item.With(
                "metadata.annotations",
                new JsonObject
                {
                    ["kubectl.kubernetes.io/last-applied-configuration"] = """{"env":"hunter2-applied"}""",
                    ["note"] = "hunter2-note",
                    ["helm.sh/hook"] = "pre-install",
                }
            );
            item.With("metadata.managedFields", new JsonArray(new JsonObject { ["manager"] = "hunter2-manager" }));
            foreach (
                var spec in new[] { item["spec"]?["template"]?["spec"], item["spec"] }
                    .OfType<JsonObject>()
                    .Where(spec => spec["containers"] is not null)
            )
            {
                spec["containers"]![0]!["env"] = new JsonArray(new JsonObject { ["name"] = "PGPASSWORD", ["value"] = "hunter2-env" });
                spec["containers"]![0]!["command"] = new JsonArray("sh", "-c", "login --password hunter2-command");
                spec["containers"]![0]!["args"] = new JsonArray("--password=hunter2-args");
                spec["imagePullSecrets"] = new JsonArray(new JsonObject { ["name"] = "hunter2-pull" });
            }
        }

        var diagnosis = Scene.Diagnose("timed-out", scene);

        var everything =
            diagnosis.Headline
            + ReportText.Log(diagnosis, Palette.None)
            + ReportText.Termination(diagnosis)
            + JsonResult.Of(diagnosis, 124);
        Assert.DoesNotContain("hunter2", everything, StringComparison.Ordinal);
        Assert.DoesNotContain("PGPASSWORD", everything, StringComparison.Ordinal);
        Assert.Contains(scene.Pods[0]["metadata"]!["name"]!.ToString(), everything, StringComparison.Ordinal);
    }

    private static string Uncoloured(string text) =>
        string.Concat(
            text.Split('\u001b').Select((part, index) => index == 0 ? part : part[(part.IndexOf('m', StringComparison.Ordinal) + 1)..])
        );

    /// <summary>Adds to every text: an escape sequence, an end of the line, a turn of the direction.</summary>
    private static void Soil(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject fields:
                foreach (var (name, value) in fields.ToList())
                {
                    if (
                        value is JsonValue text
                        && text.TryGetValue<string>(out var old)
                        && !name.EndsWith("Time", StringComparison.Ordinal)
                        && !name.EndsWith("Timestamp", StringComparison.Ordinal)
                        && name != "uid"
                    )
                        fields[name] = $"\u001b]0;title\a{old}\r\n$ forged\u001b[2J\u202e\u2028\u200b";
                    else
                        Soil(value);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                    Soil(item);
                break;
        }
    }
}
