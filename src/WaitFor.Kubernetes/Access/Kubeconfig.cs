using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace WaitFor.Kubernetes.Access;

/// <summary>One or more kubeconfig files, merged as kubectl does: for each name the first file that has it wins, as for
/// <c>current-context</c>.
/// <see href="https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/"/></summary>
internal sealed class Kubeconfig
{
    private readonly Dictionary<string, YamlSection> _clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, YamlSection> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, YamlSection> _contexts = new(StringComparer.Ordinal);

    private Kubeconfig(string origin) => Origin = origin;

    /// <summary>The files, for messages.</summary>
    public string Origin { get; }

    public string? CurrentContext { get; private set; }

    public IEnumerable<string> Contexts => _contexts.Keys;

    /// <summary>Loads and merges files.</summary>
    /// <param name="files">The files, the first wins.</param>
    /// <param name="mustExist">False: a missing file is skipped, as long as one exists.</param>
    /// <exception cref="AccessException">A file is missing, is not YAML, or is no kubeconfig.</exception>
    public static Kubeconfig Load(IReadOnlyList<string> files, bool mustExist)
    {
        var origin = string.Join(Path.PathSeparator, files);
        var present = mustExist ? files : [.. files.Where(File.Exists)];
        if (present.Count == 0)
            throw new AccessException($"kubeconfig {origin} (from KUBECONFIG) does not exist; correct or unset KUBECONFIG");
        var merged = new Kubeconfig(origin);
        foreach (var file in present)
            merged.Add(file);
        if (merged._contexts.Count + merged._clusters.Count + merged._users.Count == 0)
            throw new AccessException($"kubeconfig {origin} is empty: it has no clusters, users and contexts");
        return merged;
    }

    public YamlSection Context(string name) => Find(_contexts, "context", name, $"it has {Listed(_contexts)}; choose one with --context");

    public YamlSection Cluster(string name) => Find(_clusters, "cluster", name, $"it has {Listed(_clusters)}; correct the context");

    public YamlSection User(string name) => Find(_users, "user", name, $"it has {Listed(_users)}; correct the context");

    private YamlSection Find(Dictionary<string, YamlSection> entries, string what, string name, string next) =>
        entries.GetValueOrDefault(name)
        ?? throw new AccessException($"kubeconfig {Origin} has no {what} \"{ApiFault.OneLine(name)}\": {next}");

    private static string Listed(Dictionary<string, YamlSection> entries) =>
        entries.Count == 0 ? "none" : string.Join(", ", entries.Keys.Order(StringComparer.Ordinal).Select(ApiFault.OneLine));

    private void Add(string file)
    {
        var text = Files.Read(file, "kubeconfig");
        var stream = Parse(file, text);
        // One of several may be empty, as in kubectl.
        if (stream.Documents.Count == 0)
            return;
        if (stream.Documents[0].RootNode is not YamlMappingNode node)
            throw new AccessException($"kubeconfig {file} is not a kubeconfig: a mapping with clusters, users and contexts is expected");
        var root = new YamlSection(file, "", node);
        CurrentContext ??= root.Text("current-context");
        Add(root, "clusters", "cluster", _clusters);
        Add(root, "users", "user", _users);
        Add(root, "contexts", "context", _contexts);
    }

    /// <exception cref="AccessException">The text is not YAML, or YAML that no kubeconfig is.</exception>
    private static YamlStream Parse(string file, string text)
    {
        const int deepest = 100;
        try
        {
            // The library's documents recurse: what would overflow the stack is refused in the plain events first.
            var (parser, depth) = (new Parser(new StringReader(text)), 0);
            while (parser.MoveNext())
            {
                depth += parser.Current!.NestingIncrease;
                if (depth > deepest)
                    throw new AccessException(
                        $"kubeconfig {file} is nested too deeply at line {parser.Current.Start.Line}; a kubeconfig has five levels"
                    );
                if (parser.Current is AnchorAlias)
                    throw new AccessException(
                        $"kubeconfig {file}: line {parser.Current.Start.Line} has an alias (*name), which is not supported; write the "
                            + "value itself, or quote it"
                    );
            }

            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream;
        }
        catch (Exception exception) when (exception is not AccessException and not OutOfMemoryException)
        {
            // Whatever a YAML library throws at bad text. Its message might quote a secret: the line is enough.
            var line = exception is YamlException yaml ? $" (line {yaml.Start.Line})" : "";
            throw new AccessException($"kubeconfig {file} is not YAML{line}; correct it", exception);
        }
    }

    private static void Add(YamlSection root, string list, string field, Dictionary<string, YamlSection> entries)
    {
        foreach (var item in root.List(list))
        {
            var name = item.Text("name") ?? throw new AccessException($"kubeconfig {item.File}: an entry of {list} has no name");
            entries.TryAdd(name, item.Section(field, $"{field} \"{name}\""));
        }
    }
}

/// <summary>A mapping of a kubeconfig, with what a message needs to name it.</summary>
/// <param name="File">The file it stands in; relative paths are relative to its folder.</param>
/// <param name="Name">How it is called: <c>cluster "kind"</c>.</param>
/// <param name="Node">The YAML.</param>
internal sealed record YamlSection(string File, string Name, YamlMappingNode Node)
{
    /// <summary>A mapping without fields, of no file.</summary>
    /// <param name="origin">How it is called in messages.</param>
    public static YamlSection Empty(string origin) => new(origin, "", []);

    private string Where => Name.Length == 0 ? $"kubeconfig {File}" : $"kubeconfig {File}, {ApiFault.OneLine(Name)}";

    public IEnumerable<string> Fields => Node.Children.Keys.OfType<YamlScalarNode>().Select(key => key.Value ?? "");

    public AccessException Error(string reason) => new($"{Where}: {reason}");

    /// <exception cref="AccessException">A field is not among the known ones: what it asks for would silently not happen.</exception>
    public void OnlyHas(string[] known)
    {
        if (Fields.FirstOrDefault(field => !known.Contains(field, StringComparer.Ordinal) && Has(field)) is { } unknown)
        {
            throw Error(
                unknown switch
                {
                    "auth-provider" => "auth-provider is not supported (Kubernetes removed it in 1.26); use an exec plugin",
                    _ => $"the field {ApiFault.OneLine(unknown)} is not supported; remove it or choose another context",
                }
            );
        }
    }

    /// <summary>Whatever the field has; null when it is absent.</summary>
    public YamlNode? Value(string field) => Child(field);

    /// <summary>A scalar; null when it is absent, empty or null.</summary>
    public string? Text(string field) =>
        Child(field) switch
        {
            null => null,
            YamlScalarNode { Value: null or "" } => null,
            YamlScalarNode { Style: ScalarStyle.Plain, Value: "null" or "~" } => null,
            YamlScalarNode scalar => scalar.Value,
            _ => throw Error($"{field} must be a single value"),
        };

    public bool Flag(string field) =>
        Text(field) switch
        {
            null or "false" => false,
            "true" => true,
            var other => throw Error($"{field} must be true or false, not \"{ApiFault.OneLine(other)}\""),
        };

    /// <summary>A path, relative to the file's folder.</summary>
    public string? FilePath(string field) =>
        Text(field) is { } path ? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(File)) ?? "", path) : null;

    /// <summary>Text in base64; the text itself is never part of a message.</summary>
    public string? Data(string field)
    {
        if (Text(field) is not { } base64)
            return null;
        try
        {
            return System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException exception)
        {
            throw new AccessException($"{Where}: {field} is not base64", exception);
        }
    }

    /// <summary>A mapping below; an empty one where it is absent or null.</summary>
    public YamlSection Section(string field, string name) =>
        Child(field) switch
        {
            null or YamlScalarNode { Value: null or "" or "null" or "~" } => new YamlSection(File, name, []),
            YamlMappingNode mapping => new YamlSection(File, name, mapping),
            _ => throw Error($"{field} must be a mapping"),
        };

    public bool Has(string field) => Child(field) is not null and not YamlScalarNode { Value: null or "" or "null" or "~" };

    /// <summary>A list of mappings; empty where it is absent or null.</summary>
    public IEnumerable<YamlSection> List(string field) =>
        Nodes(field)
            .Select(node =>
                node is YamlMappingNode mapping ? new YamlSection(File, Name, mapping) : throw Error($"{field} must be a list of mappings")
            );

    /// <summary>A list of scalars; empty where it is absent or null.</summary>
    public IEnumerable<string> Texts(string field) =>
        Nodes(field).Select(node => node is YamlScalarNode { Value: { } value } ? value : throw Error($"{field} must be a list of values"));

    private IEnumerable<YamlNode> Nodes(string field) =>
        Child(field) switch
        {
            null or YamlScalarNode { Value: null or "" or "null" or "~" } => [],
            YamlSequenceNode sequence => sequence.Children,
            _ => throw Error($"{field} must be a list"),
        };

    private YamlNode? Child(string field) => Node.Children.TryGetValue(new YamlScalarNode(field), out var child) ? child : null;
}
