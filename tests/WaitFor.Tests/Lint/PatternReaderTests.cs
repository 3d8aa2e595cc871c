using System.Diagnostics;
using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using WaitFor.CommandLine;
using WaitFor.Findings;
using WaitFor.Lint;

namespace WaitFor.Tests.Lint;

/// <summary>What the linter reads, and what it refuses.</summary>
public sealed class PatternReaderTests : IDisposable
{
    private const string Pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i}]}\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("lint").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Pod, "Pod/p")]
    [InlineData(Pod + "---\n" + Pod, "Pod/p Pod/p")]
    [InlineData("---\n# Source: shop/templates/x.yaml\n" + Pod + "---\n# Source: empty\n---\n", "Pod/p")]
    [InlineData("""{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}""", "Pod/p")]
    [InlineData(
        """{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}]}""",
        "Pod/p"
    )]
    [InlineData("{apiVersion: v1, kind: Pod, metadata: {name: p}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: q}}\n", "Pod/p Pod/q")]
    [InlineData("apiVersion: batch/v1\nkind: JobList\nitems: [{metadata: {name: a}}, {metadata: {name: b}}]\n", "Job/a Job/b")]
    // Helm's hooks, names of the server, and a second object of the same name count.
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {generateName: p-, annotations: {helm.sh/hook: test}}\n", "Pod/p-")]
    // What nobody knows does no harm.
    [InlineData(
        "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: t}\nspec: {template: {spec: 7}}\n" + "---\n" + Pod,
        "Thing/t Pod/p"
    )]
    [InlineData(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: 7, initContainers: [null, 5, {command: x}]}\n",
        "Pod/p"
    )]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: 7\nspec: null\n", "Pod/")]
    public void Objects_are_read(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Manifests.Read(text).Objects.Select(entry => $"{entry.Kind}/{entry.Name}")));

    [Theory]
    [InlineData("a: 1\n---\n" + Pod, "-:1: a document left out: it is not an object with apiVersion and kind")]
    [InlineData("- a\n---\n" + Pod, "-:1: a document left out: it is not an object with apiVersion and kind")]
    [InlineData(
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n---\n" + Pod,
        "-:1: Kustomization left out: kustomize reads it; lint what it builds: kustomize build FOLDER | wait-for lint -f -"
    )]
    public void What_is_left_out_is_said(string text, string expected) => Assert.Equal([expected], Manifests.Read(text).LeftOut);

    [Theory]
    [InlineData("", "-f -: no Kubernetes object in it, so nothing was checked")]
    [InlineData("# nothing\n---\n", "-f -: no Kubernetes object in it, so nothing was checked")]
    [InlineData(
        "a: 1\n",
        "-f -: no Kubernetes object in it, so nothing was checked (-:1: a document left out: it is not an object with apiVersion and kind)"
    )]
    [InlineData("kind: Pod\n  x: 1\n", "-:2:*: not valid YAML: *")]
    [InlineData("{\"kind\": \n\"Pod\"", "-:*: not valid JSON: *")]
    [InlineData("apiVersion: v1\nkind: Pod\nkind: Job\n", "-:3:1: the key kind appears twice, and the last one would win; delete one")]
    [InlineData(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels: {x: y, z: a, x: b}\n",
        "-:5:24: the key x appears twice, and the last one would win; delete one"
    )]
    [InlineData("{\"kind\": \"Pod\",\n \"kind\": \"Job\"}", "-:2:2: the key kind appears twice, and the last one would win; delete one")]
    [InlineData("apiVersion: v1\nkind: List\nitems: 7\n", "-:3:8: items is not a list")]
    // Templates that were not rendered, at the places where actions stand.
    [InlineData("{{- if .Values.x }}\nkind: Pod\n{{- end }}\n", "-:1:*: an unrendered template*")]
    [InlineData("kind: Pod\n{{- if .Values.x }}\napiVersion: v1\n{{- end }}\n", "-:2:*: an unrendered template*")]
    [InlineData("kind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n", "-:3:*: an unrendered template*")]
    [InlineData(
        "kind: Pod\nmetadata:\n  name: a-{{ .Release.Name }}\n",
        "-:3:9: an unrendered template ({{ }}); render it first, for example with helm template"
    )]
    [InlineData("kind: Pod\nspec:\n  image: shop:{{ include \"tag\" . }}\n", "-:3:10: an unrendered template*")]
    [InlineData("kind: Pod\nmetadata:\n  labels:\n    {{ include \"x\" . }}: y\n", "-:4:*: an unrendered template*")]
    [InlineData("kind: Pod\nmetadata:\n  labels:\n    \"{{ .Values.k }}\": y\n", "-:4:5: an unrendered template*")]
    [InlineData(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: \"{{ .Release.Name }}\"}\n",
        "-:3:18: an unrendered template ({{ }}); render it first: helm template*"
    )]
    [InlineData(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: \"r/{{ image }}\"}]}\n",
        "-:4:38: an unrendered template*"
    )]
    public void What_cannot_be_read_is_refused_with_its_place(string text, string expected)
    {
        var message = Manifests.Refused(text);
        var parts = expected.Split('*');
        Assert.StartsWith(parts[0], message, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', message);
        if (!expected.EndsWith('*'))
            Assert.EndsWith(parts[^1], message, StringComparison.Ordinal);
    }

    /// <summary>Braces of alerts, dashboards and workflows are in many rendered manifests.</summary>
    [Theory]
    [InlineData("data:\n  x: \"{{ .Values.y }}\"\n")]
    [InlineData("data:\n  x: |\n    {{- if .Values.y }}\n    {{ end }}\n")]
    [InlineData("data:\n  x: '{{ include \"y\" . }}'\n")]
    [InlineData("spec:\n  summary: Instance {{ $labels.instance }} is down\n")]
    [InlineData("spec:\n  summary: took {{ printf \"%.2f\" $value }} s {{ if gt $value 1.0 }}long{{ end }}\n")]
    [InlineData("spec:\n  x: --format={{.Name}}\n")]
    [InlineData("spec: {}\n# {{ .Values.commented }}\n")]
    public void Braces_in_rendered_text_are_no_template(string rest) =>
        Assert.Single(Manifests.Read("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n" + rest).Objects);

    [Fact]
    public void A_chart_is_refused_with_the_command_that_renders_it()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "templates"));
        File.WriteAllText(Path.Combine(_folder, "Chart.yaml"), "apiVersion: v2\nname: shop\nversion: 1.0.0\n");
        Assert.Equal(
            $"-f {Path.Combine(_folder, "Chart.yaml")}: a Helm chart, which is a template; render it first: "
                + "helm template RELEASE CHART | wait-for lint -f -",
            Assert.Throws<UsageException>(() => PatternReader.Read([_folder], recursive: false, () => Stream.Null)).Message
        );
    }

    [Fact]
    public void Files_and_folders_are_read_in_their_order()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "below"));
        foreach (var (file, name) in new[] { ("b.yaml", "b"), ("a.yml", "a"), ("c.json", "c"), ("no.txt", "x"), ("below/d.yaml", "d") })
            File.WriteAllText(
                Path.Combine(_folder, file),
                $$$"""{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "{{{name}}}"}}"""
            );
        Assert.Equal("a b c", Names(recursive: false));
        Assert.Equal("a b c d", Names(recursive: true));
        Assert.Equal(
            Path.Combine(_folder, "a.yml"),
            PatternReader.Read([_folder], recursive: false, () => Stream.Null).Objects[0].File
        );

        string Names(bool recursive) =>
            string.Join(' ', PatternReader.Read([_folder], recursive, () => Stream.Null).Objects.Select(entry => entry.Name));
    }

    /// <summary>Merge keys, one or several: the object's own fields count first.</summary>
    [Theory]
    [InlineData("x: &b {name: c, image: r/wait-for, args: [job/a]}", "{<<: *b}", 1)]
    [InlineData("x: &b {image: r/wait-for}\ny: &c {args: [job/a], image: other}", "{name: c, <<: [*b, *c]}", 1)]
    [InlineData("x: &b {image: r/wait-for, args: [job/a]}", "{name: c, image: other, args: [x], <<: *b}", 0)]
    public void Merged_fields_are_seen(string anchors, string container, int expected) =>
        Assert.Equal(
            expected,
            Manifests
                .Read($"{anchors}\napiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {{initContainers: [{container}]}}\n")
                .Gates.Count
        );

    /// <summary>Aliases that multiply, in lists, in mappings and in merges, and chains of them.</summary>
    [Theory]
    [InlineData("[{0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}]", 12)]
    [InlineData("{{a: {0}, b: {0}, c: {0}, d: {0}}}", 30)]
    [InlineData("{{<<: [{0}, {0}]}}", 60)]
    [InlineData("{{<<: {0}}}", 5000)]
    public void Aliases_that_multiply_are_refused_at_once(string form, int levels)
    {
        var text = new StringBuilder("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nl0: &l0 {a: 1}\n");
        for (var level = 1; level <= levels; level++)
            text.Append(CultureInfo.InvariantCulture, $"l{level}: &l{level} ")
                .AppendFormat(CultureInfo.InvariantCulture, form, $"*l{level - 1}")
                .Append('\n');
        Assert.Matches("too many objects or values|more than 100 levels", Manifests.Refused(text + $"spec: *l{levels}\n"));
    }

    /// <summary>Many gates with selectors, many Jobs, many Roles: 10 MB in one go. The bound is far above what it takes, and falls where
    /// something grows with the square of the input.</summary>
    [Fact]
    public void Ten_megabytes_are_judged_in_one_go()
    {
        var text = new StringBuilder();
        for (var index = 0; text.Length < 10_000_000; index++)
        {
            text.Append(Manifests.Gate($"image: r/wait-for\nargs: [job/a-{index}]", name: $"d-{index}"))
                .Append(Manifests.Job($"a-{index}"));
            text.Append(
                CultureInfo.InvariantCulture,
                $"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c-{index}, namespace: shop}}\ndata:\n"
            );
            for (var line = 0; line < 100; line++)
                text.Append(CultureInfo.InvariantCulture, $"  key-{line}: some value that is not long, number {line}\n");
        }

        var before = GC.GetTotalAllocatedBytes(precise: true);
        var pattern = Manifests.Read(text.ToString());
        Assert.Equal(pattern.Gates.Count, pattern.Jobs.Count);
        Assert.All(pattern.Gates, gate => Assert.Single(gate.Jobs));
        Assert.NotEmpty(PatternRules.All.SelectMany(rule => rule.Judge(pattern)));
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 3_000_000_000);
    }

    /// <summary>Whatever stands in a file: it is read, or refused in one line; every rule bears it, and nothing takes long.</summary>
    [Fact]
    public void Any_text_is_read_or_refused()
    {
        var words = ArbMap.Default.GeneratorFor<string>();
        var piece = Gen.OneOf(Gen.Elements(Pieces), words.Where(word => word is not null));
        var texts = Gen.ListOf(piece).Select(pieces => string.Concat(pieces));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1500).WithEndSize(60), Prop.ForAll(texts.ToArbitrary(), Bears));
    }

    /// <summary>The same with a whole manifest in which some characters are others.</summary>
    [Fact]
    public void Any_change_of_a_manifest_is_read_or_refused()
    {
        var whole = Manifests.Gate("image: r/wait-for\nargs: [job/a, --timeout, 5m]\nenv: [{name: A, value: $(B)}]")
            + Manifests.Gate("image: r/x\ncommand: [sh, -c, \"until kubectl wait job/a; do sleep 1; done\"]", name: "other")
            + Manifests.Job("a", "image: r/migrate\nargs: [up, --record, r]")
            + "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b}\nsubjects: [{kind: Group, name: x}]\n"
            + "roleRef: {kind: Role, name: x}\n";
        var changes = Gen.ListOf(
            Gen.Choose(0, whole.Length - 1)
                .SelectMany(at => Gen.Elements([.. "{}[]:,-&*!|>'\"%@`#\n\t 0a$()\\;"]).Select(unit => (at, unit))),
            3
        );
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1500),
            Prop.ForAll(
                changes.ToArbitrary(),
                some =>
                {
                    var text = new StringBuilder(whole);
                    foreach (var (at, unit) in some)
                        text[at] = unit;
                    Bears(text.ToString());
                }
            )
        );
    }

    private static readonly string[] Pieces =
    [
        Pod,
        "---\n",
        "apiVersion: v1\n",
        "kind: Job\n",
        "kind: List\nitems:\n",
        "- ",
        "  ",
        "spec:\n  template:\n    spec:\n      initContainers:\n      - image: r/wait-for\n        args: [job/a]\n",
        "metadata: {name: a}\n",
        "&a ",
        "*a ",
        "<<: *a\n",
        "{{ .Values.x }}",
        "{",
        "}",
        "[",
        "]",
        "? x\n",
        "!!binary x\n",
        "!tag ",
        "| \n",
        "\"",
        "'",
        "\u0000",
        "\ufeff",
        "%YAML 1.1\n",
        "...\n",
        "\r\n",
        "\t",
    ];

    private static void Bears(string text)
    {
        var before = Stopwatch.GetTimestamp();
        try
        {
            var pattern = Manifests.Read(text);
            var findings = PatternRules.All.SelectMany(rule => rule.Judge(pattern)).ToList();
            Assert.All(findings, finding => Assert.Contains(PatternRules.Known, rule => rule.Name == finding.Rule));
            FindingsWriter.Sort(findings);
        }
        catch (UsageException exception)
        {
            Assert.DoesNotContain('\n', exception.Message);
        }

        Assert.True(Stopwatch.GetElapsedTime(before) < TimeSpan.FromMinutes(1), "it takes too long");
    }
}
