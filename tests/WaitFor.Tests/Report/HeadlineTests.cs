using System.Text;
using WaitFor.Process;
using WaitFor.Report;
using WaitFor.Verdicts.Tests;
using static WaitFor.Tests.Report.HintRow;

namespace WaitFor.Tests.Report;

/// <summary>The one sentence: in the log, first in the termination message, and in the JSON.</summary>
public sealed class HeadlineTests
{
    internal static readonly KeyValuePair<string, Func<Diagnosis>>[] Table =
    [
        new(
            "job/migrate (namespace rec-job-failed-backoff0): failed (waited 3m20s): migrate-mz97j: V12__add_index.sql: lock timeout",
            () => Scene.Diagnose("failed", Scene.Of("job-failed-backoff0"))
        ),
        new(
            "job/migrate (namespace rec-job-failed-backoff0): failed (waited 3m20s): migrate-mz97j: container migrate used more than "
                + "its memory limit and was killed (OOMKilled)",
            () =>
                Scene.Diagnose(
                    "failed",
                    Scene
                        .Of("job-failed-backoff0")
                        .Pod(pod => pod.With("status.containerStatuses.0.state.terminated", End(137, "OOMKilled")))
                )
        ),
        // A fact that is no error of a container does not say that the Job has failed: the state does.
        new(
            "job/migrate (namespace rec-job-deadline-exceeded): failed (waited 3m20s): DeadlineExceeded: Job was active longer "
                + "than specified deadline; Job migrate was active longer than its activeDeadlineSeconds (3)",
            () => Scene.Diagnose("failed", Scene.Of("job-deadline-exceeded"))
        ),
        new(
            "job/migrate (namespace rec-job-failed-backoff0): failed (waited 3m20s): BackoffLimitExceeded: Job has reached the "
                + "specified backoff limit; the pods of Job migrate were deleted, and their logs with them",
            () => Scene.Diagnose("failed", Scene.Of("job-failed-backoff0") with { Pods = [] })
        ),
        // While it still may succeed, the state is shown, too.
        new(
            "pod/crash (namespace rec-pod-crashloop): timed out after 3m20s: container main exited with 3 (last exited with 3, 3 "
                + "restarts); crash: no such table: users",
            () => Scene.Diagnose("timed-out", Scene.Of("pod-crashloop", "pod/crash"))
        ),
        // What the state says already is not said twice.
        new("job/migrate (namespace rec-job-complete): timed out after 3m20s: stale: label release is not set, expected \"v42\"", () =>
            Scene.Diagnose("timed-out", Scene.Of("job-complete", "job/migrate|--expect-label|release=v42"))
        ),
        new("job/migrate (namespace rec-job-created-suspended): timed out after 3m20s: Job migrate is suspended", () =>
            Scene.Diagnose("timed-out", Scene.Of("job-created-suspended"))
        ),
        new("pod/cache (namespace shop): timed out after 3m20s: not found", () =>
            Scene.Diagnose("timed-out", new Scene("pod/cache"))
        ),
        new(
            "job/migrate (namespace shop): timed out after 3m20s: not known yet: the API server gave no usable answer: "
                + "connection refused",
            () =>
                Scene.Diagnose(
                    "timed-out",
                    new Scene("job/migrate") { Synced = false, Fault = new(Kubernetes.FaultKind.Unavailable, "connection refused") }
                )
        ),
        new("pod/cache (namespace shop): missing (waited 3m20s): not found (--on-missing=fail)", () =>
            Scene.Diagnose("missing", new Scene("pod/cache|--on-missing|fail"))
        ),
        // What only may be is no headline.
        new("job/migrate (namespace shop): timed out after 3m20s: not found", () =>
            Scene.Diagnose("timed-out", new Scene("job/migrate"))
        ),
        // A failure names only what failed; a time-out names only what is not met.
        new("rec-job-failed-backoff0/job/migrate: failed (waited 3m20s): migrate-mz97j: V12__add_index.sql: lock timeout", () =>
            Scene.Diagnose(
                "failed",
                new Scene("pod/a") { ShowNamespace = true },
                Scene.Of("job-failed-backoff0") with
                {
                    ShowNamespace = true,
                },
                Scene.Of("pod-completed", "pod/once")
            )
        ),
        new(
            "timed out after 3m20s: pod/a (namespace shop): not found; pod/b (namespace shop): not found; pod/c (namespace "
                + "shop): not found",
            () =>
                Scene.Diagnose(
                    "timed-out",
                    new Scene("pod/a"),
                    new Scene("pod/b"),
                    Scene.Of("pod-completed", "pod/once"),
                    new Scene("pod/c")
                )
        ),
        new(
            "timed out after 3m20s: pod/a (namespace shop): not found; pod/b (namespace shop): not found; pod/c (namespace "
                + "shop): not found; and 2 more",
            () =>
                Scene.Diagnose(
                    "timed-out",
                    new Scene("pod/a"),
                    new Scene("pod/b"),
                    new Scene("pod/c"),
                    new Scene("pod/d"),
                    new Scene("pod/e")
                )
        ),
        new("pod:app=x: timed out after 3m20s: no pod matches the selector yet; no pod matches app=x", () =>
            Scene.Diagnose("timed-out", new Scene("pod:app=x|-A") { Namespace = null })
        ),
        // The gate's own words, where they say it all.
        new("the gate's own words: met", () => Scene.Diagnose("met", Scene.Of("job-complete"))),
        new("the gate's own words: interrupted", () => Scene.Diagnose("interrupted", Running())),
        new(
            "job/migrate: denied: jobs.batch is forbidden: User \"system:serviceaccount:rec-errors:no-rights\" cannot list resource "
                + "\"jobs\" in API group \"batch\" in the namespace \"rec-errors\" (HTTP 403)",
            ReportScenes.Denied
        ),
    ];

    public static TheoryData<string> Headlines => [.. Table.Select(row => row.Key)];

    [Theory]
    [MemberData(nameof(Headlines))]
    public void Says_what_was_waited_for_how_long_and_what_stands_in_the_way(string headline) =>
        Assert.Equal(headline, Table.Single(row => row.Key == headline).Value().Headline);

    [Theory]
    [MemberData(nameof(Headlines))]
    public void Is_the_first_line_of_the_termination_message(string headline) =>
        Assert.Equal(headline, ReportText.Termination(Table.Single(row => row.Key == headline).Value()).Split('\n')[0]);

    [Fact]
    public void A_message_of_a_megabyte_leaves_room_for_the_rest()
    {
        var scene = Scene
            .Of("job-failed-backoff0")
            .Pod(pod => pod.With("status.containerStatuses.0.state.terminated.message", new string('x', 1_000_000)))
            .Event("Huge", string.Concat(Enumerable.Repeat("é😀 ", 250_000)));

        var cut = TerminationMessage.Cut(ReportText.Termination(Scene.Diagnose("failed", scene)));

        Assert.InRange(cut.Length, 1500, TerminationMessage.Longest);
        var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(cut);
        Assert.StartsWith(
            "job/migrate (namespace rec-job-failed-backoff0): failed (waited 3m20s): migrate-mz97j: xxx",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "\nWhat to do\n  Fix the cause, then apply a new Job (a failed one never runs again); the whole log:\n",
            text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_cut_falls_between_characters_wherever_it_falls()
    {
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        foreach (var character in (string[])["é", "€", "😀"])
        {
            for (var before = 0; before < 8; before++)
            {
                var text = strict.GetString(
                    TerminationMessage.Cut(new string('x', before) + string.Concat(Enumerable.Repeat(character, 5000)))
                );
                Assert.InRange(strict.GetByteCount(text), TerminationMessage.Longest - 3, TerminationMessage.Longest);
            }
        }
    }

    [Fact]
    public void A_report_is_cut_at_a_lines_end_at_whatever_byte()
    {
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        for (var length = 0; length < 60; length++)
        {
            var scene = Scene.Of("job-image-pull-error");
            for (var i = 0; i < 20; i++)
                scene = scene.Event("Warned", i + new string('e', length) + string.Concat(Enumerable.Repeat("é😀€ ", 60)));
            var whole = ReportText.Termination(Scene.Diagnose("timed-out", scene));

            var cut = strict.GetString(TerminationMessage.Cut(whole));

            Assert.InRange(strict.GetByteCount(cut), 3500, TerminationMessage.Longest);
            Assert.StartsWith(cut + "\n", whole, StringComparison.Ordinal);
        }
    }
}
