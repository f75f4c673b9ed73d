// What a scenario runs in a process of its own: one that ends while another of its threads is reading.
var stream = new Xtap.Client(new() { BaseUrl = args[0], BearerToken = "token" }).Stream("streamPostsSample");
stream.Read(new Xtap.Batch());
new Thread(() =>
{
    for (var batch = new Xtap.Batch(); ;) stream.Read(batch);
}) { IsBackground = true }.Start();
return 7;
