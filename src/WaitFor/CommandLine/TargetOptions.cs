using System.Globalization;
using WaitFor.Process;
using WaitFor.Verdicts;
using WaitFor.Verdicts.Conditions;
using WaitFor.Watching;

namespace WaitFor.CommandLine;

/// <summary>The options that say what is asked of the targets, and with which kinds they go.</summary>
internal static class TargetOptions
{
    /// <summary>Reads and checks them.</summary>
    /// <param name="command">Where their values are.</param>
    /// <param name="targets">What was asked for by the words of the command line.</param>
    /// <returns>The same targets with what is asked of them.</returns>
    /// <exception cref="UsageException">A value is wrong, or cannot be combined with a target.</exception>
    public static IReadOnlyList<Target> Apply(GateCommand command, IReadOnlyList<Target> targets)
    {
        var wanted = ReadWanted(command);
        if (wanted is not null && targets.FirstOrDefault(target => target.Expected.Tolerance != Tolerance.None) is { } suffixed)
            throw new UsageException($"--for replaces what \"{suffixed.KindWord}\" means; write {suffixed.Kind.Word}");
        var onMissing = ReadOnMissing(command, targets, wanted);
        var (labels, images) = ReadExpected(command, targets, wanted);
        var record = ReadRecord(command, targets, wanted, labels.Count + images.Count > 0);
        var recordWrite = command.Flag("--record-write");
        if (recordWrite && record is null)
            throw new UsageException("--record-write needs --record NAME, the ConfigMap that the completion record is written to");
        var minReady = ReadMinReady(command, targets, wanted);
        var revision = ReadRevision(command, targets, wanted);
        var failFast = command.Flag("--fail-fast");
        if (failFast && wanted is not null)
            throw new UsageException("--fail-fast cannot be combined with --for; remove one");
        if (failFast && targets.Count > 0 && !targets.Any(TakesFailFast))
            throw new UsageException(
                $"--fail-fast looks at pods, at those of a Job or workload by its name, not of \"{targets[0]}\"; remove it"
            );
        var stableFor = command.Duration("--stable-for", TimeSpan.Zero);
        var pollInterval = command.Duration("--poll-interval", Target.DefaultPollInterval);
        if (pollInterval < TimeSpan.FromSeconds(1))
            throw command.Wrong("--poll-interval", command.Text("--poll-interval")!, "write 1s or more");
        return
        [
            .. targets.Select(target =>
                target with
                {
                    Record = TakesRecord(target) ? record : null,
                    StableFor = stableFor,
                    PollInterval = pollInterval,
                    RecordWrite = recordWrite && TakesRecord(target),
                    Wanted = wanted,
                    Revision = revision,
                    FailFast = failFast && TakesFailFast(target),
                    Expected = target.Expected with
                    {
                        OnMissing = onMissing,
                        Labels = labels,
                        Images = images,
                        MinReady = TakesMinReady(target) ? minReady : null,
                    },
                }
            ),
        ];
    }

    private static Wanted? ReadWanted(GateCommand command)
    {
        List<string> texts = [.. command.Texts("--for")];
        if (texts.Count == 0)
            return null;
        var (wanted, error) = Wanted.Parse(texts);
        return wanted ?? throw new UsageException(error!);
    }

    private static OnMissing ReadOnMissing(GateCommand command, IReadOnlyList<Target> targets, Wanted? wanted)
    {
        var onMissing = command.Text("--on-missing") switch
        {
            null or "wait" => OnMissing.Wait,
            "fail" => OnMissing.Fail,
            "pass" => OnMissing.Pass,
            var other => throw command.Wrong("--on-missing", other, "write wait, fail or pass"),
        };
        if (onMissing == OnMissing.Pass && targets.FirstOrDefault(target => !target.Kind.TakesPass) is { } kept)
            throw new UsageException($"--on-missing=pass is for Jobs only, not for \"{kept}\"; wait for it with another wait-for");
        if (onMissing == OnMissing.Pass && wanted is not null)
            throw new UsageException("--on-missing=pass cannot be combined with --for; remove one");
        if (onMissing == OnMissing.Fail && wanted?.Items.Any(item => item is WantedItem.Deleted or WantedItem.Created) == true)
            throw new UsageException("--on-missing=fail cannot be combined with --for=delete or --for=create, which are about "
                + "missing objects");
        return onMissing;
    }

    private static (List<KeyValuePair<string, string>> Labels, List<string> Images) ReadExpected(
        GateCommand command,
        IReadOnlyList<Target> targets,
        Wanted? wanted
    )
    {
        var labels = command.Texts("--expect-label").Select(text => ReadLabel(command, text)).ToList();
        var images = command.Texts("--expect-image").ToList();
        if (images.Contains(""))
            throw command.Wrong("--expect-image", "", "write an image as the Job's pod template has it");
        if (labels.Count + images.Count == 0)
            return (labels, images);
        var option = labels.Count > 0 ? "--expect-label" : "--expect-image";
        if (wanted is not null)
            throw new UsageException($"{option} cannot be combined with --for; remove one");
        if (targets.FirstOrDefault(target => !target.Kind.TakesExpected) is { } other)
            throw new UsageException($"{option} is for Jobs, pods and workloads, not for \"{other}\"; wait for it with another wait-for");
        return (labels, images);
    }

    private static string? ReadRecord(GateCommand command, IReadOnlyList<Target> targets, Wanted? wanted, bool expected)
    {
        if (command.NotEmpty("--record", "write the name of a ConfigMap") is not { } record)
            return null;
        if (Names.ProblemOfName(record) is { } problem)
            throw command.Wrong("--record", record, problem);
        if (wanted is not null)
            throw new UsageException("--record cannot be combined with --for; remove one");
        // Manifests are read later.
        if (targets.Count > 0 && !targets.Any(TakesRecord))
            throw new UsageException($"--record is for Jobs by name, not for \"{targets[0]}\"; remove it");
        return expected
            ? throw new UsageException(
                "--record and --expect-label or --expect-image cannot be combined: a record says only that a Job of that name completed "
                    + "once; give the Job a name with its version, or leave the record out"
            )
            : record;
    }

    private static KeyValuePair<string, string> ReadLabel(GateCommand command, string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw command.Wrong("--expect-label", text, "write KEY=VALUE");
        var (key, value) = (text[..equals], text[(equals + 1)..]);
        return (Names.ProblemOfLabelKey(key) ?? Names.ProblemOfLabelValue(value)) is { } problem
            ? throw command.Wrong("--expect-label", text, problem)
            : KeyValuePair.Create(key, value);
    }

    private static int? ReadMinReady(GateCommand command, IReadOnlyList<Target> targets, Wanted? wanted)
    {
        if (command.Text("--min-ready") is not { } text)
            return null;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var minReady) || minReady < 1)
            throw command.Wrong("--min-ready", text, "write a whole number of 1 or more");
        if (wanted is not null)
            throw new UsageException($"--min-ready cannot be combined with --for={wanted.Items[0]}; remove one");
        return targets.Count == 0 || targets.Any(TakesMinReady)
            ? minReady
            : throw new UsageException($"--min-ready is for pods by selector and for services, not for \"{targets[0]}\"; remove it");
    }

    private static long? ReadRevision(GateCommand command, IReadOnlyList<Target> targets, Wanted? wanted)
    {
        if (command.Text("--revision") is not { } text)
            return null;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
            throw command.Wrong("--revision", text, "write a whole number");
        if (wanted is not null)
            throw new UsageException("--revision cannot be combined with --for; remove one");
        if (targets.FirstOrDefault(target => !target.Kind.TakesRevision || target.Name is null) is { } other)
            throw new UsageException($"--revision is for Deployments by name, not for \"{other}\"; remove it");
        // As in kubectl 0 asks for no particular one.
        return revision == 0 ? null : revision;
    }

    private static bool TakesRecord(Target target) => target.Kind.TakesRecord && target.Name is not null;

    private static bool TakesFailFast(Target target) => target.Kind.TakesFailFast && (target.Name is not null || target.Kind.IsPods);

    private static bool TakesMinReady(Target target) => target.Kind.TakesMinReady(target.Name is not null);
}
