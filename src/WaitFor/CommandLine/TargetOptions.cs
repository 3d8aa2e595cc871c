using System.CommandLine;
using System.Globalization;
using WaitFor.Process;
using WaitFor.Verdicts;
using WaitFor.Verdicts.Conditions;
using WaitFor.Watching;

namespace WaitFor.CommandLine;

/// <summary>The options that say what is asked of the targets, and with which kinds they go.</summary>
internal sealed class TargetOptions
{
    private readonly Option<string[]> _for = new("--for");
    private readonly Option<string> _revision = new("--revision");
    private readonly Option<bool> _failFast = new("--fail-fast");
    private readonly Option<string> _onMissing = new("--on-missing");
    private readonly Option<string[]> _expectLabel = new("--expect-label");
    private readonly Option<string[]> _expectImage = new("--expect-image");
    private readonly Option<string> _record = new("--record");
    private readonly Option<bool> _recordWrite = new("--record-write");
    private readonly Option<string> _minReady = new("--min-ready");
    private readonly Option<string> _stableFor = new("--stable-for");
    private readonly Option<string> _pollInterval = new("--poll-interval");

    /// <summary>The options, in the order of the help.</summary>
    public IEnumerable<Option> All =>
        [
            _for,
            _revision,
            _failFast,
            _onMissing,
            _expectLabel,
            _expectImage,
            _record,
            _recordWrite,
            _minReady,
            _stableFor,
            _pollInterval,
        ];

    /// <summary>Reads and checks them.</summary>
    /// <param name="command">Where their values are.</param>
    /// <param name="targets">What was asked for by the words of the command line.</param>
    /// <returns>The same targets with what is asked of them.</returns>
    /// <exception cref="UsageException">A value is wrong, or cannot be combined with a target.</exception>
    public IReadOnlyList<Target> Apply(GateCommand command, IReadOnlyList<Target> targets)
    {
        var wanted = ReadWanted(command);
        if (wanted is not null && targets.FirstOrDefault(target => target.Expected.Tolerance != Tolerance.None) is { } suffixed)
            throw new UsageException($"--for replaces what \"{suffixed.KindWord}\" means; write {suffixed.Kind.Word}");
        var onMissing = ReadOnMissing(command, targets, wanted);
        var (labels, images) = ReadExpected(command, targets, wanted);
        var record = ReadRecord(command, targets, wanted, labels.Count + images.Count > 0);
        var recordWrite = command.Flag(_recordWrite);
        if (recordWrite && record is null)
            throw new UsageException("--record-write needs --record NAME, the ConfigMap that the completion record is written to");
        var minReady = ReadMinReady(command, targets, wanted);
        var revision = ReadRevision(command, targets, wanted);
        var failFast = command.Flag(_failFast);
        if (failFast && wanted is not null)
            throw new UsageException("--fail-fast cannot be combined with --for; remove one");
        if (failFast && targets.Count > 0 && !targets.Any(TakesFailFast))
            throw new UsageException(
                $"--fail-fast looks at pods, at those of a Job or workload by its name, not of \"{targets[0]}\"; remove it"
            );
        var stableFor = command.Duration(_stableFor, TimeSpan.Zero);
        var pollInterval = command.Duration(_pollInterval, Target.DefaultPollInterval);
        if (pollInterval < TimeSpan.FromSeconds(1))
            throw command.Wrong(_pollInterval, command.Text(_pollInterval)!, "write 1s or more");
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

    private Wanted? ReadWanted(GateCommand command)
    {
        List<string> texts = [.. command.Texts(_for)];
        if (texts.Count == 0)
            return null;
        var (wanted, error) = Wanted.Parse(texts);
        return wanted ?? throw new UsageException(error!);
    }

    private OnMissing ReadOnMissing(GateCommand command, IReadOnlyList<Target> targets, Wanted? wanted)
    {
        var onMissing = command.Text(_onMissing) switch
        {
            null or "wait" => OnMissing.Wait,
            "fail" => OnMissing.Fail,
            "pass" => OnMissing.Pass,
            var other => throw command.Wrong(_onMissing, other, "write wait, fail or pass"),
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

    private (List<KeyValuePair<string, string>> Labels, List<string> Images) ReadExpected(
        GateCommand command,
        IReadOnlyList<Target> targets,
        Wanted? wanted
    )
    {
        var labels = command.Texts(_expectLabel).Select(text => ReadLabel(command, text)).ToList();
        var images = command.Texts(_expectImage).ToList();
        if (images.Contains(""))
            throw command.Wrong(_expectImage, "", "write an image as the Job's pod template has it");
        if (labels.Count + images.Count == 0)
            return (labels, images);
        var option = labels.Count > 0 ? "--expect-label" : "--expect-image";
        if (wanted is not null)
            throw new UsageException($"{option} cannot be combined with --for; remove one");
        if (targets.FirstOrDefault(target => !target.Kind.TakesExpected) is { } other)
            throw new UsageException($"{option} is for Jobs, pods and workloads, not for \"{other}\"; wait for it with another wait-for");
        return (labels, images);
    }

    private string? ReadRecord(GateCommand command, IReadOnlyList<Target> targets, Wanted? wanted, bool expected)
    {
        if (command.NotEmpty(_record, "write the name of a ConfigMap") is not { } record)
            return null;
        if (Names.ProblemOfName(record) is { } problem)
            throw command.Wrong(_record, record, problem);
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

    private KeyValuePair<string, string> ReadLabel(GateCommand command, string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw command.Wrong(_expectLabel, text, "write KEY=VALUE");
        var (key, value) = (text[..equals], text[(equals + 1)..]);
        return (Names.ProblemOfLabelKey(key) ?? Names.ProblemOfLabelValue(value)) is { } problem
            ? throw command.Wrong(_expectLabel, text, problem)
            : KeyValuePair.Create(key, value);
    }

    private int? ReadMinReady(GateCommand command, IReadOnlyList<Target> targets, Wanted? wanted)
    {
        if (command.Text(_minReady) is not { } text)
            return null;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var minReady) || minReady < 1)
            throw command.Wrong(_minReady, text, "write a whole number of 1 or more");
        if (wanted is not null)
            throw new UsageException($"--min-ready cannot be combined with --for={wanted.Items[0]}; remove one");
        return targets.Count == 0 || targets.Any(TakesMinReady)
            ? minReady
            : throw new UsageException($"--min-ready is for pods by selector and for services, not for \"{targets[0]}\"; remove it");
    }

    private long? ReadRevision(GateCommand command, IReadOnlyList<Target> targets, Wanted? wanted)
    {
        if (command.Text(_revision) is not { } text)
            return null;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
            throw command.Wrong(_revision, text, "write a whole number");
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
